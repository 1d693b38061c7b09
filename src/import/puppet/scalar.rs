//! Values that stand without quotes, as Puppet reads them: YAML 1.1, and what Python makes a text of. `yes` is `True` there, and
//! `010` is `8`.

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PuppetScalar {
    /// As it is written.
    pub written: String,
    /// As Puppet sends it.
    pub text: String,
    /// Puppet takes nothing, an empty text, zero and `no` for a value that is not given.
    pub is_given: bool,
    /// `null`
    pub is_null: bool,
}

impl PuppetScalar {
    pub fn new(written: &str, is_plain: bool) -> Self {
        let whole = || Self {
            written: written.to_owned(),
            text: written.to_owned(),
            is_given: !written.is_empty(),
            is_null: false,
        };
        if !is_plain {
            return whole();
        }
        let of = |text: String, is_given| Self { text, is_given, ..whole() };
        match written {
            "" | "~" | "null" | "Null" | "NULL" => Self { is_given: false, is_null: true, ..whole() },
            "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
                of("True".to_owned(), true)
            }
            "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
                of("False".to_owned(), false)
            }
            _ => match integer(written) {
                Some(number) => of(number.to_string(), number != 0),
                None => fraction(written).map_or_else(whole, |number| of(spelt(number), number != 0.0)),
            },
        }
    }

    /// What it may come to: where nothing else tells, the first.
    pub fn readings(&self) -> Vec<String> {
        let mut all = vec![self.text.clone()];
        if self.written != self.text {
            all.push(self.written.clone());
            // as CloudFormation writes a switch
            all.extend(["True", "False"].contains(&&*self.text).then(|| self.text.to_lowercase()));
        }
        all
    }
}

/// `-7`, `0x1F`, `0b11`, `010`, `1_000`, `1:30`.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let plain = digits.replace('_', "");
    let based = |digits: &str, base| i128::from_str_radix(digits, base).ok().filter(|_| !digits.is_empty());
    let number = if let Some(rest) = plain.strip_prefix("0x") {
        based(rest, 16)
    } else if let Some(rest) = plain.strip_prefix("0b") {
        based(rest, 2)
    } else if plain.len() > 1 && plain.starts_with('0') {
        based(&plain, 8)
    } else if plain.contains(':') {
        sexagesimal(&plain)
    } else {
        based(&plain, 10)
    };
    number.map(|number| sign * number)
}

fn sexagesimal(text: &str) -> Option<i128> {
    let mut parts = text.split(':');
    let mut whole: i128 = parts.next()?.parse().ok()?;
    for part in parts {
        let part = part.parse::<u8>().ok().filter(|part| *part < 60)?;
        whole = whole.checked_mul(60)?.checked_add(part.into())?;
    }
    Some(whole)
}

/// `1.10`, `.5`; what has no point is none.
fn fraction(text: &str) -> Option<f64> {
    let is_one = text.contains('.')
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-._eE".contains(&byte))
        && !text.starts_with('_');
    // an exponent has to have a sign
    let exponent = text.find(['e', 'E']).map(|at| &text[at + 1..]);
    let is_signed = exponent.is_none_or(|rest| rest.starts_with(['+', '-']));
    text.replace('_', "").parse().ok().filter(|_| is_one && is_signed)
}

/// As Python writes a fraction.
fn spelt(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e16 { format!("{number:.1}") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_without_quotes_is_what_puppet_makes_of_it() {
        let check = |written: &str, text: &str, is_given: bool| {
            let leaf = PuppetScalar::new(written, true);
            assert_eq!((leaf.text.as_str(), leaf.is_given), (text, is_given), "{written}");
        };
        check("eu-west-1", "eu-west-1", true);
        check("yes", "True", true);
        check("off", "False", false);
        check("010", "8", true);
        check("012345678910", "012345678910", true);
        check("123456789012", "123456789012", true);
        check("0", "0", false);
        check("-1_000", "-1000", true);
        check("0x1F", "31", true);
        check("1:30", "90", true);
        check("1.10", "1.1", true);
        check("2.0", "2.0", true);
        check("1e5", "1e5", true);
        check("v1.2.3", "v1.2.3", true);
        check("10.0.0.0/16", "10.0.0.0/16", true);
        check("1.2.3", "1.2.3", true);
        check("::1", "::1", true);
        check("2012-10-17", "2012-10-17", true);
        assert!(PuppetScalar::new("~", true).is_null && !PuppetScalar::new("~", false).is_null);
        assert_eq!(PuppetScalar::new("yes", false).readings(), ["yes"]);
        assert_eq!(PuppetScalar::new("TRUE", true).readings(), ["True", "TRUE", "true"]);
    }
}
