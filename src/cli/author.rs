//! Who runs this command, from where: as the state remembers it of every operation. From what CI systems say of
//! their jobs, else the user and the machine. Pure: the environment comes in.

use crate::model::time::Timestamp;
use crate::state::{Author, Holder};

/// What comes from the environment is cut here: it is remembered with every row.
const MOST: usize = 200;

/// The author of what this run writes; `variable` reads the environment.
pub fn author(variable: impl Fn(&str) -> Option<String>, holder: &Holder, now: Timestamp) -> Author {
    let of = |name: &str| variable(name).filter(|text| !text.is_empty()).map(|text| cut(&text));
    let own = format!("{}-{}", holder.pid, now.0);
    let author = |run: Option<String>, who: &str, from: Option<String>, commit: &str| Author {
        run: run.unwrap_or_else(|| own.clone()),
        who: of(who)
            .or_else(|| of("USER"))
            .or_else(|| of("LOGNAME"))
            .unwrap_or_else(|| "somebody".to_owned()),
        from: from.unwrap_or_else(|| holder.host.clone()),
        commit: of(commit),
    };
    if of("GITHUB_ACTIONS").is_some() {
        let parts = [of("GITHUB_SERVER_URL"), of("GITHUB_REPOSITORY"), of("GITHUB_RUN_ID")];
        let [server, repository, run] = parts.map(Option::unwrap_or_default);
        let job = cut(&format!("{server}/{repository}/actions/runs/{run}"));
        let attempt = of("GITHUB_RUN_ATTEMPT").map(|attempt| format!("{run}-{attempt}"));
        return author(attempt, "GITHUB_ACTOR", Some(job), "GITHUB_SHA");
    }
    if of("GITLAB_CI").is_some() {
        return author(of("CI_JOB_ID"), "GITLAB_USER_LOGIN", of("CI_JOB_URL"), "CI_COMMIT_SHA");
    }
    author(None, "USER", None, "")
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(environment: &[(&str, &str)]) -> String {
        let holder = Holder { pid: 7, host: "box".to_owned(), since: Timestamp(0), command: String::new() };
        let variable =
            |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let Author { run, who, from, commit } = author(variable, &holder, Timestamp(5));
        format!("{run} {who} {from} {}", commit.unwrap_or_default())
    }

    #[test]
    fn a_job_is_told_by_its_address_and_a_person_by_machine() {
        assert_eq!(told(&[("USER", "ada")]), "7-5 ada box ");
        assert_eq!(told(&[]), "7-5 somebody box ");
        let github = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "eve"),
            ("GITHUB_SERVER_URL", "https://forge.example"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_RUN_ID", "12"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_SHA", "abc"),
        ];
        assert_eq!(told(&github), "12-2 eve https://forge.example/o/r/actions/runs/12 abc");
        let gitlab =
            [("GITLAB_CI", "1"), ("CI_JOB_ID", "9"), ("CI_JOB_URL", "https://x/9"), ("CI_COMMIT_SHA", "d")];
        assert_eq!(told(&gitlab), "9 somebody https://x/9 d");
    }

    #[test]
    fn what_the_environment_says_is_bounded_and_clean() {
        let long = "a\n".repeat(900);
        assert_eq!(told(&[("USER", &long)]).len(), "7-5  box ".len() + MOST);
    }
}
