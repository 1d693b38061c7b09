//! `provisor graph`: what depends on what, in three formats.

use super::support::{Repo, boxed};

#[test]
fn every_dependency_is_an_edge_in_every_format() {
    let repo = Repo::new(
        &(boxed("net", "")
            + &boxed("app", "Note: \"${net.outputs.Arn}\"")
            + &boxed("job", "Note: \"${app.outputs.Arn}-${external.dns.outputs.Zone}\"")
                .replace("}}\n", "}, depends_on: [net]}\n")),
    );
    let text = repo.read("products.yaml") + "external:\n  dns: {provisioned_product_name: dns-hub}\n";
    repo.write("products.yaml", &text);
    let dot = repo.sh("graph").exits(0);
    for edge in ["\"app\" -> \"net\"", "\"job\" -> \"app\"", "\"job\" -> \"net\""] {
        assert!(dot.out.contains(edge), "{edge}: {}", dot.out);
    }
    assert_eq!(dot.out.matches(" -> ").count(), 4, "{}", dot.out);
    assert!(dot.out.contains("style = \"dashed\""), "{}", dot.out);
    let mermaid = repo.sh("graph --format mermaid").exits(0);
    assert!(mermaid.out.starts_with("flowchart BT\n"), "{}", mermaid.out);
    assert_eq!(mermaid.out.matches(" --> ").count(), 4, "{}", mermaid.out);
    let svg = repo.sh("graph --format svg").exits(0).out;
    assert_eq!((svg.matches("<rect ").count(), svg.matches("<path ").count()), (4, 4), "{svg}");
    let top = |label: &str| {
        let at = svg.find(&format!("<title>{label}: ")).unwrap_or_else(|| panic!("{label}: {svg}"));
        let y = svg[at..].split(" y=\"").nth(1).unwrap().split('"').next().unwrap();
        y.parse::<u32>().unwrap()
    };
    assert!(top("net") < top("app") && top("app") < top("job"), "{svg}");
    assert!(repo.calls().is_empty(), "nobody is asked");
    repo.sh("graph --format png").exits(64);
    repo.declare("  a: {product_nam: box}\n");
    repo.sh("graph").exits(1).tells(&["unknown key"]);
}

#[test]
fn the_drawing_is_xml() {
    let repo = Repo::copy(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/platform"), 100);
    let svg = repo.sh("graph --format svg --var-file vars-demo.yaml").exits(0).out;
    repo.write("graph.svg", &svg);
    let read = std::process::Command::new("python3")
        .args(["-c", "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])"])
        .arg(repo.path().join("graph.svg"))
        .output();
    match read {
        Ok(done) => assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr)),
        Err(_) => println!("skipped: there is no python3 to read it"),
    }
}

#[test]
fn what_needs_the_same_on_several_locations_is_one_node() {
    let on_all = |entry: String| entry.replace("}}\n", "}, locations: [\"a*\"]}\n");
    let repo = Repo::new(
        &(on_all(boxed("net", ""))
            + &on_all(boxed("app", "Note: \"${net.outputs.Arn}\""))
            + &boxed("hub", "").replace("}}\n", "}, location: a00}\n")
            + &on_all(boxed("job", "Note: x")).replace(
                "]}\n",
                "], overrides: [{location: a03, parameters: {Note: \"${hub.outputs.Arn}\"}}]}\n",
            )),
    );
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", &world);
    let locations: String = (0..6)
        .map(|n| {
            format!(
                "  a{n:02}: {{sandbox: sandbox.yaml, account_id: \"41000000000{n}\", regions: [eu-west-1]}}\n"
            )
        })
        .collect();
    repo.write(
        "provisor.yaml",
        &format!("project: p\ndeclarations: [products.yaml]\nlocations:\n{locations}"),
    );
    let dot = repo.sh("graph").exits(0).out;
    for line in [
        "\"app on a00 … a05 (6)\" -> \"net on a00 … a05 (6)\"",
        "\"job on a00 … a02, a04, a05 (5)\" [label",
        "\"job@a03\" -> \"hub\"",
    ] {
        assert!(dot.contains(line), "{line}: {dot}");
    }
    assert_eq!((dot.matches(" -> ").count(), dot.matches("[label = ").count()), (2, 5), "{dot}");
    let full = repo.sh("graph --full").exits(0).out;
    assert_eq!(full.matches("[label = ").count(), 19, "{full}");
    assert_eq!(repo.sh("graph --json").exits(0).json()["nodes"].as_array().map(Vec::len), Some(19));
}
