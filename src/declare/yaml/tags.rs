//! Tags, which no value may have: what is said of one.

use provisor_model::diagnostic::Diagnostic;
use saphyr_parser::Tag;

/// Functions of CloudFormation, as their tags are called, that people write where a value comes from elsewhere.
const FUNCTIONS: [&str; 8] = ["Ref", "GetAtt", "Sub", "ImportValue", "Join", "Split", "Select", "FindInMap"];

/// That a value has a tag. Its name is not repeated: it may be a secret that begins with `!`.
pub(super) fn refused(tag: &Tag) -> Diagnostic {
    let written = if tag.is_yaml_core_schema() { "!!" } else { "!" };
    let hint = match FUNCTIONS.contains(&tag.suffix.as_str()) {
        true => {
            "declarations hold no functions of templates: `${network.outputs.VpcId}` is an output of another product"
        }
        false => "write the value without a tag; one that begins with `!` needs quotes",
    };
    Diagnostic::error("tag", format!("a YAML tag (`{written}…`) is not supported here")).hint(hint)
}
