//! How a type of the program and its form in the file correspond: one trait, and the `mirror!` tables that state it field by field.
//! No format is defined here; [`super::steps`], [`super::reasons`] and [`super::words`] do that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A type that stands in the file as `F`. Reading what was written gives an equal value.
pub(super) trait Form<F> {
    /// As it stands in the file.
    fn write(&self) -> F;
    /// As it was before it was written.
    fn read(file: F) -> Self;
}

/// Defines the form of a struct or enum, and its [`Form`], from one table. The compiler checks it against the type: a field or variant
/// that is missing on either side is an error.
///
/// In enums `V { field: F }` mirrors a variant with named fields, `V(name: F)` names in the file the fields of one that has none,
/// and `V[name: F]` leaves a single field bare.
macro_rules! mirror {
    (struct $name:ident of $model:path { $($(#[$meta:meta])* $field:ident: $form:ty),* $(,)? }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $($(#[$meta])* pub(super) $field: $form),* }

        impl $crate::plan::file::form::Form<$name> for $model {
            fn write(&self) -> $name {
                let Self { $($field),* } = self;
                $name { $($field: $crate::plan::file::form::Form::write($field)),* }
            }
            fn read(file: $name) -> Self {
                Self { $($field: $crate::plan::file::form::Form::read(file.$field)),* }
            }
        }
    };
    (enum $name:ident of $model:path {
        $($variant:ident $({ $($field:ident: $form:ty),* })? $(($($part:ident: $part_form:ty),*))? $([$only:ident: $only_form:ty])?),* $(,)?
    }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        pub(super) enum $name {
            $($variant $({ $($field: $form),* })? $({ $($part: $part_form),* })? $(($only_form))?),*
        }

        impl $crate::plan::file::form::Form<$name> for $model {
            fn write(&self) -> $name {
                match self {
                    $(Self::$variant $({ $($field),* })? $(($($part),*))? $(($only))? => $name::$variant
                        $({ $($field: $crate::plan::file::form::Form::write($field)),* })?
                        $({ $($part: $crate::plan::file::form::Form::write($part)),* })?
                        $(($crate::plan::file::form::Form::write($only)))?),*
                }
            }
            fn read(file: $name) -> Self {
                match file {
                    $($name::$variant $({ $($field),* })? $({ $($part),* })? $(($only))? => Self::$variant
                        $({ $($field: $crate::plan::file::form::Form::read($field)),* })?
                        $(($($crate::plan::file::form::Form::read($part)),*))?
                        $(($crate::plan::file::form::Form::read($only)))?),*
                }
            }
        }
    };
}
pub(super) use mirror;

macro_rules! as_it_is {
    ($($plain:ty),*) => { $(
        impl Form<$plain> for $plain {
            fn write(&self) -> $plain {
                self.to_owned()
            }
            fn read(file: $plain) -> Self {
                file
            }
        }
    )* };
}
as_it_is!(String, bool, u32, u64, usize, Duration);

impl<T: Form<F>, F> Form<Box<F>> for Box<T> {
    fn write(&self) -> Box<F> {
        Box::new(T::write(self))
    }
    fn read(file: Box<F>) -> Self {
        Self::new(T::read(*file))
    }
}

impl<T: Form<F>, F> Form<F> for Arc<T> {
    fn write(&self) -> F {
        T::write(self)
    }
    fn read(file: F) -> Self {
        Self::new(T::read(file))
    }
}

impl<T: Form<F>, F> Form<Option<F>> for Option<T> {
    fn write(&self) -> Option<F> {
        self.as_ref().map(T::write)
    }
    fn read(file: Option<F>) -> Self {
        file.map(T::read)
    }
}

impl<T: Form<F>, F> Form<Vec<F>> for Vec<T> {
    fn write(&self) -> Vec<F> {
        self.iter().map(T::write).collect()
    }
    fn read(file: Vec<F>) -> Self {
        file.into_iter().map(T::read).collect()
    }
}

impl<T: Form<F> + Ord, F> Form<Vec<F>> for BTreeSet<T> {
    fn write(&self) -> Vec<F> {
        self.iter().map(T::write).collect()
    }
    fn read(file: Vec<F>) -> Self {
        file.into_iter().map(T::read).collect()
    }
}

impl<T: Form<F>, F> Form<BTreeMap<String, F>> for BTreeMap<String, T> {
    fn write(&self) -> BTreeMap<String, F> {
        self.iter().map(|(key, value)| (key.clone(), value.write())).collect()
    }
    fn read(file: BTreeMap<String, F>) -> Self {
        file.into_iter().map(|(key, value)| (key, T::read(value))).collect()
    }
}
