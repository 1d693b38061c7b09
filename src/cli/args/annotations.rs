//! What can be given to `--annotations`.

use std::path::PathBuf;
use std::str::FromStr;

/// Who shows findings beside the lines of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotations {
    /// GitHub Actions, which reads them in the log.
    Github,
    /// GitLab, which takes a report.
    Gitlab(PathBuf),
}

impl FromStr for Annotations {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "github" => Ok(Self::Github),
            Some(("gitlab", file)) if !file.is_empty() => Ok(Self::Gitlab(PathBuf::from(file))),
            _ => {
                Err("it is `github`, or `gitlab=FILE`, such as `gitlab=gl-code-quality-report.json`"
                    .to_owned())
            }
        }
    }
}
