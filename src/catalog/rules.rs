//! The `Rules` of a template, and of the template constraints on its product, as the service tells them. Whether values keep
//! them is judged in `plan/check/`.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>

/// The rules of one version on one launch path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateRules {
    /// Those that could be read.
    pub rules: Vec<TemplateRule>,
    /// There are others.
    pub unread: bool,
}

/// One rule: what must hold of the parameters' values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRule {
    /// Its logical name.
    pub name: String,
    /// `RuleCondition`: without one, it always applies.
    pub condition: Option<RuleExpression>,
    /// `Assertions`: all must hold.
    pub assertions: Vec<RuleAssertion>,
}

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleAssertion {
    /// `Assert`
    pub assert: RuleExpression,
    /// `AssertDescription`: the template author's words.
    pub description: Option<String>,
}

/// Rule-specific functions and what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleExpression {
    /// As written.
    Text(String),
    /// Its items.
    List(Vec<RuleExpression>),
    /// The value of a parameter, or of a pseudo parameter.
    Ref(String),
    /// `Fn::And`
    And(Vec<RuleExpression>),
    /// `Fn::Or`
    Or(Vec<RuleExpression>),
    /// `Fn::Not`
    Not(Box<RuleExpression>),
    /// `Fn::If`: the condition, and what it is where that holds, and where it does not.
    If(Box<[RuleExpression; 3]>),
    /// `Fn::Equals`
    Equals(Box<[RuleExpression; 2]>),
    /// `Fn::Contains`: a list, and what must be in it.
    Contains(Box<[RuleExpression; 2]>),
    /// `Fn::EachMemberEquals`: a list, and what each of its items must be.
    EachMemberEquals(Box<[RuleExpression; 2]>),
    /// `Fn::EachMemberIn`: a list, and one that must have all of its items.
    EachMemberIn(Box<[RuleExpression; 2]>),
    /// What only the account holds (`Fn::RefAll`, `Fn::ValueOf`, `Fn::ValueOfAll`), or what nobody here knows.
    Unknown,
}
