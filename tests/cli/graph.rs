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
