//! What a change set says of resources.

use crate::template::guess::Replacement;

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeAction {
    /// It is created.
    Add,
    /// It is changed, in place or by replacement.
    Modify,
    /// It is deleted.
    Remove,
}

/// When it is known that a value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationType {
    /// Before anything is executed.
    Static,
    /// Only once the resource it comes from is changed.
    Dynamic,
}

/// What makes a value change
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSource {
    /// The template says something else.
    DirectModification,
    /// A parameter has another value.
    ParameterReference,
    /// A resource that `Ref` names may be replaced.
    ResourceReference,
    /// A resource that `Fn::GetAtt` names changes.
    ResourceAttribute,
}

/// One reason for a change. A parameter's new value gives two, as in the service: one dynamic without a cause, one
/// static with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeDetail {
    /// `Properties`, `Tags`, `Metadata`, `CreationPolicy`, `UpdatePolicy`, `DeletionPolicy` or
    /// `UpdateReplacePolicy`.
    pub attribute: &'static str,
    /// The property, where `attribute` is `Properties`.
    pub name: Option<String>,
    /// Whether a change of the target replaces the resource.
    pub recreation: Replacement,
    /// When it is known.
    pub evaluation: EvaluationType,
    /// What kind of cause it has.
    pub source: ChangeSource,
    /// The parameter, the resource or the `Resource.Attribute` behind it; none for a direct modification.
    pub causing_entity: Option<String>,
}

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    /// What happens.
    pub action: ChangeAction,
    /// The name in the template.
    pub logical_id: String,
    /// The existing resource; `None` when it is added.
    pub physical_id: Option<String>,
    /// The resource type.
    pub kind: String,
    /// Only for a modification.
    pub replacement: Option<Replacement>,
    /// Why; only for a modification.
    pub details: Vec<ChangeDetail>,
}

impl ChangeDetail {
    /// Whether this alone replaces the resource: what is not certain yet may.
    pub(crate) fn replacement(&self) -> Replacement {
        match (self.recreation, self.evaluation) {
            (Replacement::True, EvaluationType::Dynamic) => Replacement::Conditional,
            (recreation, _) => recreation,
        }
    }
}
