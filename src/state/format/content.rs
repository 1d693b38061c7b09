//! What was asked for, as JSON: contents and parameter values. Shapes only; nothing is decided here.

use serde::{Deserialize, Serialize};

use crate::{Content, Stored};
use provisor_dto::content::Parts;
use provisor_model::secret::KeyedDigest;

pub(super) type ContentDto = provisor_dto::content::ContentDto<StoredDto, String>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredDto {
    Text(String),
    Digest(String),
    Unknown,
}

impl From<&Content> for ContentDto {
    fn from(content: &Content) -> Self {
        let Content { target, parameters, tags } = content;
        let parameters = parameters.iter().map(|(key, value)| (key.clone(), value.into())).collect();
        Self::new(target, parameters, tags.clone()).sparse()
    }
}

impl From<ContentDto> for Content {
    fn from(dto: ContentDto) -> Self {
        let Parts { target, parameters, tags } = dto.parts();
        let parameters = parameters.into_iter().map(|(key, value)| (key, value.into())).collect();
        Self { target, parameters, tags }
    }
}

impl From<&Stored> for StoredDto {
    fn from(stored: &Stored) -> Self {
        match stored {
            Stored::Text(text) => Self::Text(text.clone()),
            Stored::Digest(digest) => Self::Digest(digest.0.clone()),
            Stored::Unknown => Self::Unknown,
        }
    }
}

impl From<StoredDto> for Stored {
    fn from(dto: StoredDto) -> Self {
        match dto {
            StoredDto::Text(text) => Self::Text(text),
            StoredDto::Digest(digest) => Self::Digest(KeyedDigest(digest)),
            StoredDto::Unknown => Self::Unknown,
        }
    }
}
