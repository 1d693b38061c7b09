//! The templates that a world's versions name: read and understood once however many versions name one, and none that is too large
//! before it is looked into.

use std::path::Path;
use std::sync::Arc;

use super::{Builder, account_factory};
use crate::files::NoText;
use crate::template::{LONGEST, Template, TemplateError};
use crate::world_file::{Problem, ProductEntry, Text, VersionEntry, nearest};

/// A template with its text; or why it is none, as it is told where it is used.
pub(super) type Known = Result<(Template, Arc<str>), Problem>;

impl Builder<'_> {
    pub(super) fn template(&self, product: &ProductEntry, version: &VersionEntry, path: &str) -> Known {
        let at = format!("{path}.template");
        let is_own = matches!(
            product.kind.as_str(),
            "CLOUD_FORMATION_TEMPLATE" | "MARKETPLACE" | "CONTROL_TOWER_ACCOUNT"
        );
        match (&version.template, product.kind.as_str()) {
            (Some(template), _) => {
                let file = template.display().to_string();
                let key = (is_own, file.clone());
                if let Some(known) = self.templates.borrow().get(&key) {
                    let is_of_world = |first: &Problem| first.file == self.source.path;
                    return known.clone().map_err(|first| match is_of_world(&first) {
                        true => Problem { of_template: true, ..self.source.problem(&at, first.message) },
                        false => first,
                    });
                }
                let known = self.text(template, &at).and_then(|text| self.parsed(text, &file, is_own, &at));
                self.templates.borrow_mut().insert(key, known.clone());
                known
            }
            (None, "CONTROL_TOWER_ACCOUNT") => {
                let units: Vec<String> = product.organizational_units.iter().map(Text::to_string).collect();
                self.made(&account_factory::template(&units), "account factory", is_own, &at)
            }
            (None, "CLOUD_FORMATION_TEMPLATE" | "MARKETPLACE") => {
                let problem = self.source.problem(path, "this version names no `template`");
                Err(Problem { of_template: true, ..problem })
            }
            (None, _) => self.made(account_factory::EMPTY, "empty", is_own, &at),
        }
    }

    /// The template without anything in it; `None` if there is none.
    pub(super) fn empty(&self, at: &str) -> Option<(Template, Arc<str>)> {
        self.made(account_factory::EMPTY, "empty", false, at).ok()
    }

    /// One that no file holds.
    fn made(&self, text: &str, file: &str, is_own: bool, at: &str) -> Known {
        let key = (is_own, format!("/{text}"));
        if let Some(known) = self.templates.borrow().get(&key) {
            return known.clone();
        }
        let known = self.parsed(text.into(), file, is_own, at);
        self.templates.borrow_mut().insert(key, known.clone());
        known
    }

    /// A text as a template; all that is wrong with it is told, the last of it is given back.
    fn parsed(&self, text: Arc<str>, file: &str, is_own: bool, at: &str) -> Known {
        match if is_own { Template::parse(&text) } else { Template::of_engine(&text) } {
            Ok(template) => {
                self.take(template.values(), at)?;
                Ok((template.within(&self.patterns), text))
            }
            Err(error) => {
                let wrong =
                    |error: &TemplateError| self.wrong_template(file, error, self.source.problem(at, ""));
                let mut all = Template::faults(&text, is_own);
                let last = all.pop().unwrap_or(error);
                all.iter().for_each(|fault| self.complain(wrong(fault)));
                Err(wrong(&last))
            }
        }
    }

    /// The text of a file that a version names, at this place of the world file.
    fn text(&self, template: &Path, at: &str) -> Result<Arc<str>, Problem> {
        let file = self.source.folder().join(template);
        let shown = template.display();
        let text = self.source.reader.text(&file, LONGEST).map_err(|error| match error {
            NoText::Encoding { line, column } => Problem {
                file: file.clone(),
                place: Some((line, column)),
                of_template: true,
                ..self
                    .source
                    .problem(at, "the template is not UTF-8: here is a byte that is part of no character")
            },
            NoText::TooLarge => {
                let error = TemplateError::TooLarge { limit: LONGEST };
                let message = format!("cannot use template `{shown}`: {error}");
                Problem { of_template: true, ..self.source.problem(at, message) }
            }
            NoText::Io(error) => {
                let why = match error.kind() == std::io::ErrorKind::NotFound {
                    true => format!("there is no such file; {}", self.instead(template, &file)),
                    false => error.to_string(),
                };
                let message = format!("cannot read template `{shown}`: {why}");
                Problem { of_template: true, ..self.source.problem(at, message) }
            }
        })?;
        Ok(text.into())
    }

    /// What may be meant by a template that is not there.
    fn instead(&self, template: &Path, file: &Path) -> String {
        let names = self.source.reader.names(file.parent().unwrap_or(Path::new("")));
        let name = template.file_name().unwrap_or_default().to_string_lossy();
        match nearest(&name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{}`?", template.with_file_name(near).display()),
            None => "its path is relative to the world file".to_owned(),
        }
    }

    /// At its place in the template, with the place where that is used.
    fn wrong_template(&self, file: &str, error: &TemplateError, used: Problem) -> Problem {
        let what = match error {
            TemplateError::NotWellFormed { language, what, .. } => {
                format!("Template format error: {language} not well-formed: {what}")
            }
            TemplateError::Format { what, .. } => format!("Template format error: {what}"),
            TemplateError::Refused { what, .. } => what.clone(),
            TemplateError::TooLarge { .. } => error.to_string(),
        };
        let (line, column) = used.place.unwrap_or((1, 1));
        Problem {
            used: Some(format!("{}:{line}:{column}", used.file.display())),
            file: self.source.folder().join(file),
            place: Some(error.place()),
            message: what,
            of_template: true,
            hint: error.hint().map(str::to_owned),
            others: error.others().to_vec(),
            ..used
        }
    }
}
