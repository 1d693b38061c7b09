//! The fields of `faults:` entries, and of what the control endpoint takes.

use super::{ANY, Field, Kind, NumberRule, Table};

/// An entry of `faults:`, and what `POST /_sandbox/faults` takes.
pub(crate) static FAULT: Table = Table {
    example: "a map such as {operation: update, outcome: rollback}",
    fields: &[
        Field::new(
            "operation",
            Kind::Choice(&["provision", "update", "terminate"]),
            "What a provisioned product goes through; exactly one of `operation` and `call` is given.",
        ),
        Field::text("call", "The name of an API operation, or a pattern for names of Service Catalog's."),
        Field::new("outcome", Kind::Outcome, "What happens then.").required(),
        Field::text(
            "provisioned_product",
            "Strikes only those whose name this pattern fits; `*` is any text.",
        )
        .or("*"),
        Field::text("product", "Strikes only those of products whose name this pattern fits.").or("*"),
        Field::text("version", "The version that a `foreign_update` moves to; the same one if absent."),
        Field::new("times", Kind::Whole(u64::MAX), "How often it strikes; always if absent."),
        Field::new("skip", Kind::Whole(u64::MAX), "How many occasions pass first.").or("0"),
        Field::new("rate", ANY_NUMBER, "With what probability it strikes, from 0 to 1; seeded.").or("1"),
        Field::text("message", "The text of the error; the service's own if absent."),
        Field::new(
            "after",
            ANY_NUMBER,
            "When `rollback` and `delete_fails` go wrong, as a part of the duration from 0 to 1.",
        )
        .or("0.5"),
    ],
};

/// What `POST /_sandbox/advance` takes.
pub(crate) static ADVANCE: Table = Table {
    example: "an object",
    fields: &[Field::new("seconds", ANY_NUMBER, "How many seconds of virtual time pass at once.").required()],
};

/// What `POST /_sandbox/finish` takes.
pub(crate) static FINISH: Table = Table {
    example: "an object",
    fields: &[
        Field::new("provisioned_product", ANY, "A name, a pattern for names, or an id.").required(),
        Field::new("outcome", Kind::Choice(&["succeed", "fail"]), "How the operation under way ends.")
            .required(),
        Field::text("message", "The text of the error."),
    ],
};

const ANY_NUMBER: Kind = Kind::Number(NumberRule::Any);
