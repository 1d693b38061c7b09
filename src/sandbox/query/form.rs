//! application/x-www-form-urlencoded.

/// The fields of a form, decoded; bytes that are no UTF-8 are replaced.
pub(crate) fn parse(body: &[u8]) -> Vec<(String, String)> {
    body.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let mut next = || decoded(halves.next().unwrap_or_default());
            (next(), next())
        })
        .collect()
}

fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let number =
                    std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                bytes.push(number.unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn forms_are_decoded() {
        let found = parse(b"Action=GetCallerIdentity&StackName=arn%3Aaws%3Ax%2Fa+b&Empty=&Broken=%zz");
        let rows =
            [("Action", "GetCallerIdentity"), ("StackName", "arn:aws:x/a b"), ("Empty", ""), ("Broken", "?")];
        let found: Vec<(&str, &str)> =
            found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, rows);
    }
}
