//! How texts from outside lose what is sensitive in them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::digest::{DigestKey, DigestScope, KeyedDigest};
use super::forms::meanings;
use super::{REDACTED, SHORTEST, Secrets};

/// A sensitive text of which only the digest is known.
#[derive(Clone, Copy, Debug)]
pub struct Digested<'a> {
    /// Where it stands.
    pub scope: DigestScope<'a>,
    /// What stands for it.
    pub digest: &'a KeyedDigest,
}

/// Takes everything sensitive out of texts that come from outside.
pub struct Redactor<'a> {
    /// What is known in clear: taken out wherever it stands.
    pub clear: &'a Secrets,
    /// What is known by its digest only (a secret that is kept): taken out where it stands as a word or in quotes.
    pub digests: Vec<Digested<'a>>,
    /// The key of the digests.
    pub key: &'a DigestKey,
}

impl Redactor<'_> {
    /// The text without anything sensitive.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let text = without(text, self.clear.found(text));
        if self.digests.is_empty() {
            return text;
        }
        let kept = words(&text).into_iter().filter(|word| self.is_kept(word));
        let found = kept.flat_map(|word| text.match_indices(word)).map(|(at, word)| at..at + word.len());
        without(&text, found.collect())
    }

    fn is_kept(&self, word: &str) -> bool {
        let meanings = meanings(word);
        let is_of = |kept: &Digested<'_>| {
            meanings.iter().any(|text| kept.digest.stands_for(self.key, kept.scope, text))
        };
        self.digests.iter().any(is_of)
    }
}

/// The text without these places; where they overlap, they go as one.
fn without(text: &str, mut places: Vec<Range<usize>>) -> String {
    places.sort_unstable_by_key(|place| place.start);
    let mut left = String::with_capacity(text.len());
    let mut at = 0;
    for place in places {
        if place.start >= at {
            left.push_str(&text[at..place.start]);
            left.push_str(REDACTED);
        }
        at = at.max(place.end);
    }
    left + text.get(at..).unwrap_or_default()
}

/// Everything in a text that may be somebody's value: longest first, so that none is cut by a shorter one.
fn words(text: &str) -> Vec<&str> {
    let whole = text.split_whitespace();
    let bare = whole.clone().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let inside = text.split(|c: char| c.is_whitespace() || "'\"`<>()[]{},;=".contains(c));
    let unended = inside.clone().map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    let quoted = ['\'', '"', '`'].into_iter().flat_map(|quote| text.split(quote));
    let found: BTreeSet<&str> = whole.chain(bare).chain(inside).chain(unended).chain(quoted).collect();
    let mut found: Vec<&str> = found.into_iter().filter(|word| is_redacted(word)).collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    found
}

fn is_redacted(secret: &str) -> bool {
    secret.len() >= SHORTEST
}

#[cfg(test)]
mod tests {
    use super::super::Secret;
    use super::*;

    #[test]
    fn what_is_known_by_digest_is_found_where_it_stands_alone() {
        let key = DigestKey::new([1; 32]);
        let scopes = ["Password", "Token"].map(|name| DigestScope { birth: 7, name });
        let made = [scopes[0].digest(&key, "Hunter 2, p.ssw=rd"), scopes[1].digest(&key, "t0ken!")];
        let clear = Secrets::default();
        let digests =
            scopes.iter().zip(&made).map(|(scope, digest)| Digested { scope: *scope, digest }).collect();
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for (text, wanted) in [
            ("bad value 'Hunter 2, p.ssw=rd' for x", "bad value '(sensitive)' for x"),
            ("t0ken! is weak", "(sensitive) is weak"),
            ("Token=t0ken!; too weak", "Token=(sensitive); too weak"),
            ("(t0ken!).", "((sensitive))."),
            ("nothing of it", "nothing of it"),
        ] {
            assert_eq!(redactor.redact(text), wanted);
        }
    }

    #[test]
    fn what_is_known_in_clear_is_found_anywhere() {
        let key = DigestKey::new([1; 32]);
        let clear: Secrets = ["hunter", "hunter22", "abc"].map(Secret::new).into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        let text = redactor.redact("xhunter, hunter22, HUNTER22, abc and abcs; abc.");
        assert_eq!(text, "x(sensitive), (sensitive), (sensitive), (sensitive) and abcs; (sensitive).");
        assert!(clear.are_in("xhunterx") && clear.are_in("abc") && !clear.are_in("abc d"));
        let clear: Secrets = ["schön", "önli", "hun"].map(Secret::new).into_iter().collect();
        assert!(clear.are_in("unschönlich") && clear.are_in("gewönlich") && !clear.are_in("schon hun"));
    }

    const PEM: &str = "-----BEGIN KEY-----\nMIIEow+IBAAKCAQEA/x7\nq\"uo\\te <&> %2\n-----END KEY-----\n";

    /// As other programs write them: each next to something else.
    const ECHOES: [&str; 10] = [
        "upper: S3CRET-P\u{c4}SSW\u{d6}RD!",
        "user:pass in base64: dXNlcjpzM2NyZXQtcMOkc3N3w7ZyZCE=",
        "one before: eHMzY3JldC1ww6Rzc3fDtnJkIQ",
        "two before: eHhzM2NyZXQtcMOkc3N3w7ZyZCF5eQ==",
        "link: ?p=s3cret-p%C3%A4ssw%C3%B6rd%21&x",
        "link: ?p=s3cret-p%c3%a4ssw%c3%b6rd%21&x",
        "hex: 7333637265742d70c3a4737377c3b6726421",
        "HEX: 7333637265742D70C3A4737377C3B6726421",
        "json: {\"p\": \"s3cret-p\u{e4}ssw\u{f6}rd!\"}",
        "plain: s3cret-p\u{e4}ssw\u{f6}rd!",
    ];

    #[test]
    fn what_a_service_may_echo_is_found_in_every_encoding() {
        let key = DigestKey::new([1; 32]);
        let secret = "s3cret-p\u{e4}ssw\u{f6}rd!";
        let clear: Secrets = [secret, PEM].map(Secret::new).into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        for echo in ECHOES {
            assert!(clear.are_in(echo), "{echo}");
            assert!(redactor.redact(echo).contains(REDACTED), "{echo}");
        }
        for echo in [
            "line 2: MIIEow+IBAAKCAQEA/x7.",
            r#"escaped: "q\"uo\\te <&> %2""#,
            "marked: q&quot;uo\\te &lt;&amp;&gt; %2",
        ] {
            assert!(clear.are_in(echo), "{echo}");
        }
        assert!(!clear.are_in("nothing of it: MIIEow, s3cret, c3NyZXQ, 733363"));
    }

    #[test]
    fn a_part_that_tells_too_much_is_found() {
        let key = DigestKey::new([1; 32]);
        let (long, seventeen) = ("correct-horse-battery-st\u{e4}ple-42", "0123456789abcdefg");
        let clear: Secrets = [long, seventeen].map(Secret::new).into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        for (text, wanted) in [
            ("value 'correct-horse-ba...' is weak", "value '(sensitive)...' is weak"),
            ("value 'CORRECT-horse-battery-s...'", "value '(sensitive)...'"),
            ("value 'correct-horse-battery-st\u{e5}'", "value '(sensitive)\u{e5}'"),
            ("...-battery-st\u{e4}ple-42!", "...(sensitive)!"),
            ("...\u{fc}attery-st\u{e4}ple-42!", "...\u{fc}(sensitive)!"),
            ("123456789abcdefg", "(sensitive)"),
            ("0123456789abcdef", "(sensitive)"),
            ("Y29ycmVjdC1ob3JzZS1iYXR0...", "(sensitive)..."),
            ("636f72726563742d686f727365...", "(sensitive)..."),
            // a common word, and too little of the end
            ("correct-horse-b, ry-st\u{e4}ple-42", "correct-horse-b, ry-st\u{e4}ple-42"),
        ] {
            assert_eq!(redactor.redact(text), wanted, "{text}");
        }
        assert!(
            clear.are_in("correct-horse-battery") && clear.are_in("u:correct-horse-ba@h"),
            "an output tells no more"
        );
        assert!(!clear.are_in("correct-horse-b") && !clear.are_in("ry-st\u{e4}ple-42"));
    }

    #[test]
    fn values_of_a_document_are_found() {
        let key = DigestKey::new([1; 32]);
        let text = r#"{"user": "admin", "password": "p'ss-w\"rd-7!", "more": [{"pin": "4711"}], "port": 54321, "inner": "[\"n3sted-one\"]"}"#;
        let clear: Secrets = [Secret::new(text)].into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        for (text, wanted) in [
            ("password p'ss-w\"rd-7! is weak", "password (sensitive) is weak"),
            ("got '4711', not 47110", "got '(sensitive)', not 47110"),
            ("admin of administrators", "(sensitive) of administrators"),
            ("n3sted-one on 54321", "(sensitive) on 54321"),
            ("password in hex 7027 73732d77227264 2d3721", "password in hex (sensitive)"),
        ] {
            assert_eq!(redactor.redact(text), wanted, "{text}");
        }
        assert!(
            clear.are_in("p'ss-w\"rd-7!")
                && clear.are_in("4711")
                && !clear.are_in("the p'ss-w\"rd-7!")
                && !clear.are_in("an admin")
        );
    }

    #[test]
    fn doubled_and_escaped_quotes_are_found() {
        let key = DigestKey::new([1; 32]);
        let clear: Secrets = ["it's-a-\"secret\"", "a'b\"c"].map(Secret::new).into_iter().collect();
        let kept = "kept-'quoted'-\"one\"";
        let scope = DigestScope { birth: 7, name: "Password" };
        let digest = scope.digest(&key, kept);
        let redactor =
            Redactor { clear: &clear, digests: vec![Digested { scope, digest: &digest }], key: &key };
        for text in [
            "it''s-a-\"secret\"",
            "it's-a-\"\"secret\"\"",
            "it\\'s-a-\"secret\"",
            "it's-a-\\\"secret\\\"",
            "it'\\''s-a-\"secret\"",
            "a''b\"c",
            "a'b\"\"c",
            "kept-''quoted''-\"one\"",
            "kept-'quoted'-\"\"one\"\"",
        ] {
            assert_eq!(redactor.redact(&format!("got {text} here")), "got (sensitive) here", "{text}");
        }
    }

    /// Each as other programs break or write it, with `|` where the secret begins and ends.
    const BROKEN: [&str; 12] = [
        "said:\n|czNjcmV0LX\nDDpHNzd8O2\ncmQh|\n",
        "said:\r\n  |czNjcmV0LX\r\n  DDpHNzd8O2\r\n  cmQh|",
        "{\"said\": \"|czNjcmV0LX\\nDDpHNzd8O2\\ncmQh|\"}",
        "hex |7333637265742d70c3a4\n737377c3b6726421|\nend",
        "hex |73:33:63:72:65:74:2D:70:C3:A4:73:73:77:C3:B6:72:64:21|.",
        "hex |7333 6372 6574 2d70 c3a4 7373 77c3 b672 6421| end",
        "[0x|73, 0x33, 0x63, 0x72, 0x65, 0x74, 0x2d, 0x70, 0xc3, 0xa4, 0x73, 0x73, 0x77, 0xc3, 0xb6, 0x72, 0x64, 0x21|]",
        r"b'|\x73\x33\x63\x72\x65\x74\x2d\x70\xc3\xa4\x73\x73\x77\xc3\xb6\x72\x64\x21|'",
        "all of it: |%73%33%63%72%65%74%2d%70%c3%a4%73%73%77%c3%b6%72%64%21|!",
        "<p>|s3cret-p&#228;ssw&#xf6;rd!|</p>",
        r#"{"p": "|s3cret-p\u00e4ssw\u00f6rd!|"}"#,
        "a column |s3cret-p\u{e4}s\nsw\u{f6}rd!| wide",
    ];

    #[test]
    fn what_is_broken_or_spelt_is_found_as_a_whole() {
        let key = DigestKey::new([1; 32]);
        let clear: Secrets =
            ["s3cret-p\u{e4}ssw\u{f6}rd!", "hunter", "a<b&c\"de"].map(Secret::new).into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        for text in BROKEN {
            let parts: Vec<&str> = text.split('|').collect();
            assert!(clear.are_in(&parts.concat()), "{text}");
            assert_eq!(
                redactor.redact(&parts.concat()),
                format!("{}{REDACTED}{}", parts[0], parts[2]),
                "{text}"
            );
        }
        assert_eq!(redactor.redact("x a&lt;b&#38;c&#34;de y"), format!("x {REDACTED} y"));
        assert_eq!(redactor.redact(r#"x a\u003cb\u0026c\"de y"#), format!("x {REDACTED} y"));
        for text in ["hun ter", "hun\nter", "&#1114112; &#x; &; & \\u \\ud800 \\u00", "73:33:63"] {
            assert!(!clear.are_in(text), "{text}");
        }
    }

    /// Lines as long as programs break them, of a secret that is longer than one.
    #[test]
    fn a_long_secret_is_found_in_broken_encodings_wherever_they_are_broken() {
        let secret: String = (0..132u32).map(|n| char::from(33 + (n * 7 % 90) as u8)).collect();
        let clear: Secrets = [Secret::new(&*secret)].into_iter().collect();
        let (key, digests) = (DigestKey::new([1; 32]), Vec::new());
        let redactor = Redactor { clear: &clear, digests, key: &key };
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &secret);
        let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        for text in [encoded, hexadecimal] {
            for width in [1, 10, 20, 60, 64, 76] {
                let lines: Vec<&str> = text.as_bytes().chunks(width).flat_map(std::str::from_utf8).collect();
                assert_eq!(redactor.redact(&lines.join("\n")), REDACTED, "{width}: {lines:?}");
            }
        }
    }

    #[test]
    fn what_is_known_by_digest_is_found_in_encodings_too() {
        let key = DigestKey::new([1; 32]);
        let scope = DigestScope { birth: 7, name: "Password" };
        let digest = scope.digest(&key, "p ssw\"rd!");
        let clear = Secrets::default();
        let digests = vec![Digested { scope, digest: &digest }];
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for (text, wanted) in [
            ("got p%20ssw%22rd%21 here", "got (sensitive) here"),
            ("got cCBzc3cicmQh here", "got (sensitive) here"),
            ("got cCBzc3cicmQi here", "got cCBzc3cicmQi here"),
            ("got 7020737377227264 here", "got 7020737377227264 here"),
            ("got 702073737722726421 here", "got (sensitive) here"),
            ("got 70207373772272642 here", "got 70207373772272642 here"),
            ("got 70 2073737722726421 \u{fc}\u{fc} here", "got 70 2073737722726421 \u{fc}\u{fc} here"),
        ] {
            assert_eq!(redactor.redact(text), wanted);
        }
    }

    type Writing = fn(&str) -> String;

    /// How programs write a text within another.
    const WRITINGS: [(&str, Writing); 14] = [
        ("base64", |text| base64_of(text.as_bytes())),
        ("base64 of UTF-16", |text| base64_of(&wide(text, u16::to_le_bytes))),
        ("base64 of UTF-16, the other way", |text| base64_of(&wide(text, u16::to_be_bytes))),
        ("hex", |text| super::super::hex(text.as_bytes())),
        ("hex of UTF-16", |text| super::super::hex(&wide(text, u16::to_le_bytes))),
        ("a JSON string", |text| serde_json::Value::from(text).to_string()),
        ("a JSON string in ASCII", |text| text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect()),
        ("in links", |text| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        }),
        ("all in links", |text| text.bytes().map(|byte| format!("%{byte:02x}")).collect()),
        ("bytes in C", |text| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()),
        ("octal", |text| text.bytes().map(|byte| format!("\\{byte:03o}")).collect()),
        ("in Rust", |text| text.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect()),
        ("markup", |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
        ("spaced", |text| text.chars().flat_map(|c| [c, ' ']).collect()),
    ];

    fn base64_of(bytes: &[u8]) -> String {
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
    }

    fn wide(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn what_is_written_twice_is_found() {
        let (key, digests) = (DigestKey::new([1; 32]), Vec::new());
        let secret = "s3cret-p\u{e4}ss\"w\\\u{f6}rd!\u{1f511}";
        let clear: Secrets = [Secret::new(secret)].into_iter().collect();
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for (outer, write) in WRITINGS {
            for (inner, write_first) in WRITINGS {
                let text = format!("got: {} here", write(&format!("k={}", write_first(secret))));
                let left = redactor.redact(&text);
                let kept = left.len().saturating_sub("got: (sensitive) here".len());
                assert!(left.contains(REDACTED), "{inner} in {outer}: {text}\n{left}");
                assert!(kept <= write("k=\"\"").len() + 4, "{inner} in {outer}: {text}\n{left}");
                assert!(clear.are_in(&text), "{inner} in {outer}: {text}");
            }
        }
        for text in ["k=c2VjcmV0cyBhcmUgbm90IHRvbGQ=", "%2573%2533%2563", "\\x73\\x33\\x63", "s 3 c r e t"] {
            assert_eq!(redactor.redact(text), text);
        }
    }

    #[test]
    fn what_is_known_by_digest_is_found_written_twice() {
        let key = DigestKey::new([1; 32]);
        let scope = DigestScope { birth: 7, name: "Password" };
        let secret = "p-ssw\"\u{e4}rd";
        let digest = scope.digest(&key, secret);
        let (clear, digests) = (Secrets::default(), vec![Digested { scope, digest: &digest }]);
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for (outer, write) in WRITINGS {
            for (inner, write_first) in WRITINGS {
                let bare = |text: String| text.trim_matches(['"', ' ']).to_owned();
                let text = bare(write(&bare(write_first(secret))));
                assert_eq!(
                    redactor.redact(&format!("got '{text}'")),
                    "got '(sensitive)'",
                    "{inner} in {outer}"
                );
            }
        }
    }

    /// What shows no sign of what stands between them is removed before it is shown, or is not seen.
    #[test]
    fn what_has_something_invisible_in_it_is_found() {
        let (key, digests) = (DigestKey::new([1; 32]), Vec::new());
        let secret = "correct-horse-battery";
        let clear: Secrets = [Secret::new(secret)].into_iter().collect();
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for between in ["\u{200b}", "\u{ad}", "\u{0}", "\u{7}", "\u{a0}", "\n    ", "\r\n", "\\n", "\\r\\n  "]
        {
            for width in [1, 3, 10] {
                let parts: Vec<&str> =
                    secret.as_bytes().chunks(width).flat_map(std::str::from_utf8).collect();
                assert_eq!(
                    redactor.redact(&format!("[{}]", parts.join(between))),
                    "[(sensitive)]",
                    "{between:?}"
                );
            }
        }
    }
}
