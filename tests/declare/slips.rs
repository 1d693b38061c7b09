//! Files of values with slips in them: no finding repeats what such a file says, for it may be a secret.

use provisor::declare::Inputs;
use provisor::report::{Style, human};

use super::{same, shown, source};

/// Slips in files of values, each with a secret in it.
const SLIPS: &[&str] = &[
    "pw Hunter2-quite-unique\nsize: m\n",
    "size: m\npw Hunter2-quite-unique\n",
    "size: m\npw Hunter2-quite-unique\nother: x\n",
    "pw:Hunter2-quite-unique\n",
    "size: m\npw:Hunter2-quite-unique\n",
    "pw:Hunter2-quite-unique\nsize: m\n",
    "pw: Hunter2-quite-unique: x\n",
    "pw: x: Hunter2-quite-unique\n",
    "pw:\tx\n\tHunter2-quite-unique: y\n",
    "size:\n\tpw: Hunter2-quite-unique\n",
    "pw: 'Hunter2-quite-unique\n",
    "pw: \"Hunter2-quite-unique\n",
    "pw: 'it's Hunter2-quite-unique'\n",
    "pw: \"Hunter2-quite-unique\\q\"\n",
    "Hunter2-quite-unique: x\nHunter2-quite-unique: y\n",
    "size: m\nsize: Hunter2-quite-unique\n",
    "{size: m, pw: Hunter2-quite-unique, size: m}\n",
    "Hunter2-quite-unique\n",
    "Hunter2-quite-unique",
    "Hunter2-quite-unique:\n",
    "Hunter2: quite-unique\n",
    "%Hunter2-quite-unique\n",
    "@Hunter2-quite-unique\n",
    "pw: @Hunter2-quite-unique\n",
    "pw: %Hunter2-quite-unique\n",
    "`Hunter2-quite-unique`\n",
    "!Hunter2-quite-unique x\n",
    "pw: !Hunter2-quite-unique x\n",
    "pw: !<Hunter2-quite-unique> x\n",
    "pw: !Hunter2-quite!unique x\n",
    "pw: *Hunter2-quite-unique\n",
    "*Hunter2-quite-unique\n",
    "pw: &Hunter2-quite-unique\nsize: *Hunter2-quite-unique\nb: [*Hunter2-quite-unique\n",
    "pw: &a [*a, Hunter2-quite-unique]\n",
    "- Hunter2-quite-unique\n",
    "[Hunter2-quite-unique]\n",
    "{Hunter2-quite-unique}\n",
    "{pw, Hunter2-quite-unique}\n",
    "{\"pw\": \"Hunter2-quite-unique\"\n",
    "{\"pw\" \"Hunter2-quite-unique\"}\n",
    "{\"pw\": \"Hunter2-quite-unique\n",
    "{\n  \"pw\": \"Hunter2-quite-unique\",\n  \"size\"\n",
    "{\"size\": \"xl\", \"pw\": \"Hunter2-quite-unique\"}\n",
    "{size: xl, n: Hunter2-quite-unique}\n",
    "n: Hunter2-quite-unique\n",
    "size: m\n  pw=Hunter2-quite-unique\n",
    "n: 1\n  pw=Hunter2-quite-unique\n",
    "l: '[a, Hunter2-quite-unique'\n",
    "l: [{a: Hunter2-quite-unique}]\n",
    "b: ${Hunter2-quite-unique}\nn: [${x]\n",
    "n: {{ Hunter2-quite-unique }}\n",
    "size: m\n---\npw: Hunter2-quite-unique\n",
    "<<: {pw: Hunter2-quite-unique}\nn: x\n",
    "? [Hunter2-quite-unique]\n: x\n",
    "? Hunter2-quite-unique\n",
    "size: m\n pw: Hunter2-quite-unique\n",
    "  size: m\npw: Hunter2-quite-unique\n",
    "pw:\n    a: b\n  Hunter2-quite-unique: c\n",
    "pw: |\n  Hunter2-quite-unique\n size: m\n",
    "pw: >x Hunter2-quite-unique\n",
    "pw = Hunter2-quite-unique\n",
    "export pw=Hunter2-quite-unique\nexport size=m\n",
    "size: m\nexport pw=Hunter2-quite-unique\nn: 1\n",
    "-----BEGIN PRIVATE KEY-----\nHunter2-quite-unique\nquite+unique/Hunter2==\n-----END PRIVATE KEY-----\n",
    "pw: -----BEGIN PRIVATE KEY-----\nHunter2-quite-unique\n-----END PRIVATE KEY-----\n",
    "-----BEGIN KEY-----\nProc-Type: 4,ENCRYPTED\nHunter2-quite-unique\nx:Hunter2-quite-unique\n",
    "<<<<<<< HEAD\npw: Hunter2-quite-unique\n=======\npw: x\n>>>>>>> Hunter2-quite-unique\n",
    "pw: Hunter2-quite-unique]\nl: [a]]\n",
    "pw:\u{a0}Hunter2-quite-unique\n\u{a0}n: x\n",
    "pw: x\u{0}Hunter2-quite-unique: y: z\n",
    "size: {Hunter2-quite-unique: x}\n",
];

#[test]
fn no_slip_in_a_file_of_values_shows_a_secret() {
    let variables = "variables: {size: {allowed: [s, m]}, n: {type: number}, l: {type: list}, b: {type: bool}, pw: {sensitive: true}}\n";
    let settings = source(
        "provisor.yaml",
        &format!("project: p\nlocations: {{hub: {{regions: [eu-west-1]}}}}\n{variables}"),
    );
    let mut told = 0;
    for slip in SLIPS {
        let file = source("values.yaml", slip);
        for given in [
            Inputs { files: vec![file.clone()], ..Inputs::default() },
            Inputs { secret_files: vec![file.clone()], ..Inputs::default() },
        ] {
            // what is not declared may stand in a file of secrets
            let Err(found) = super::settings(&settings, None, &given) else { continue };
            told += 1;
            let sources = [settings.clone(), file.clone()];
            let shown = human::findings(&found, &sources, Style::plain());
            let words = found.0.iter().map(|one| {
                format!("{} {:?} {:?} {} {:?}", one.message, one.hint, one.notes, one.label, one.related)
            });
            for said in words.chain([shown]) {
                assert!(!["Hunter2", "quite"].iter().any(|part| said.contains(part)), "{slip}\n{said}");
            }
            assert!(found.0.iter().all(|one| one.place.is_some()), "{slip}\n{found:?}");
        }
    }
    assert!(told > SLIPS.len() * 3 / 2, "{told} of {} were told", SLIPS.len() * 2);
}

#[test]
fn a_slip_in_a_file_of_values_is_explained_all_the_same() {
    for (slip, expected) in [
        (
            "size: m\npw:Hunter2\n",
            "2:3 syntax: a space is missing behind this `:`; a file of values is YAML: one `name: value` a line",
        ),
        (
            "pw: a: b\n",
            "1:5 syntax: a text that holds `: ` needs quotes; a file of values is YAML: one `name: value` a line",
        ),
        (
            "size: m\npw x\nn: 1\n",
            "2:1 syntax: this line has no `:`; a file of values is YAML: one `name: value` a line",
        ),
        ("size:\n\tm: 1\n", "2:1 syntax: a tab cannot indent; indent with spaces"),
        (
            "size: m\nsize: s\n",
            "2:1 duplicate-key: this key stands here twice; a file of values is YAML: one `name: value` a line",
        ),
        (
            "token\n",
            "1:1 wrong-type: the file must be a map, not a text; a file of values is YAML: one `name: value` a line",
        ),
        ("size: xl\n", "1:7 bad-value: the variable `size` must be one of `s`, `m`, not this value"),
        (
            "pw:x: y\n",
            "1:1 unknown-variable: there is no variable of this name; declare it under `variables:` in provisor.yaml",
        ),
    ] {
        let given = Inputs { files: vec![source("values.yaml", slip)], ..Inputs::default() };
        let text = "project: p\nlocations: {hub: {regions: [eu-west-1]}}\nvariables: {size: {allowed: [s, m]}, n: {type: number}, pw: {sensitive: true}}\n";
        let (settings, file) = (source("provisor.yaml", text), source("values.yaml", slip));
        let found = super::settings(&settings, None, &given).unwrap_err();
        same(&shown(&found, &[settings, file]), &[&format!("values.yaml:{expected}")]);
    }
}
