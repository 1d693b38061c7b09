//! The patterns that values must match as a whole, as the service prints them and as they are run here.

use std::sync::LazyLock;

use regex::Regex;

/// One of the service's patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Id,
    Token,
    Name,
    NameOrArn,
    Arn,
    Tag,
    UniqueTag,
    Account,
    PageToken,
    WorkflowToken,
}

impl Pattern {
    /// As it stands in the service's messages.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Pattern::Id => r"^[a-zA-Z0-9_\-]*",
            Pattern::Token => "[a-zA-Z0-9][a-zA-Z0-9_-]*",
            Pattern::Name => "[a-zA-Z0-9][a-zA-Z0-9._-]*",
            Pattern::NameOrArn => concat!(
                r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}|arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:",
                r"[a-z0-9-\.]{0,63}:[^/].{0,1023}"
            ),
            Pattern::Arn => {
                r"arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[^/].{0,1023}"
            }
            Pattern::Tag => r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
            Pattern::UniqueTag => r"^([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)$",
            Pattern::Account => "^[0-9]{12}$",
            Pattern::WorkflowToken => r"[0-9A-Za-z+\/=]+",
            Pattern::PageToken => r"[\u0009\u000a\u000d\u0020-\uD7FF\uE000-\uFFFD]*",
        }
    }

    /// Whether the whole text matches.
    pub(crate) fn accepts(self, text: &str) -> bool {
        let word = |extra: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c));
        let first = || text.starts_with(|c: char| c.is_ascii_alphanumeric());
        match self {
            Pattern::Id => word("_-"),
            Pattern::Token => first() && word("_-"),
            Pattern::Name => first() && word("._-"),
            Pattern::NameOrArn => {
                (first() && word("._-") && text.len() <= 128)
                    || ARN.as_ref().is_some_and(|arn| arn.is_match(text))
            }
            Pattern::Arn => ARN.as_ref().is_some_and(|arn| arn.is_match(text)),
            Pattern::Tag | Pattern::UniqueTag => TAG.as_ref().is_some_and(|tag| tag.is_match(text)),
            Pattern::Account => text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
            Pattern::WorkflowToken => !text.is_empty() && word("+/="),
            Pattern::PageToken => text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}')),
        }
    }
}

static ARN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^arn:[a-z0-9.-]{1,63}:[a-z0-9.-]{0,63}:[a-z0-9.-]{0,63}:[a-z0-9.-]{0,63}:[^/].{0,1023}$")
        .ok()
});

static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$").ok());

#[cfg(test)]
mod tests {
    use super::Pattern::{self, Account, Arn, Id, Name, NameOrArn, PageToken, Tag, Token};

    #[test]
    fn patterns_match_whole_values() {
        let rows: [(Pattern, &str, bool); 20] = [
            (Id, "pa-x:prod-y", false),
            (Id, "pa-x_Y9", true),
            (Name, "-abc", false),
            (Name, "A.b_c-9", true),
            (Name, "with space", false),
            (NameOrArn, "arn:aws:servicecatalog:eu-west-1:111122223333:stack/n/pp-1", true),
            (NameOrArn, "arn:aws:x", false),
            (NameOrArn, "net", true),
            (Arn, "arn:aws:sns:eu-west-1:111122223333:topic", true),
            (Arn, "arn:aws:sns:eu-west-1:111122223333:/topic", false),
            (Arn, "topic", false),
            (Tag, "a,b", false),
            (Tag, "größe 1/2=@+-:._", true),
            (Token, "-x", false),
            (Token, "a.b", false),
            (Token, "a_b-c", true),
            (Account, "12", false),
            (Account, "012345678901", true),
            (PageToken, "a\u{1}", false),
            (PageToken, "any text ~ ü", true),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(pattern.accepts(text), expected, "{pattern:?} {text}");
        }
    }
}
