//! The prover's image, unpacked and run by tools that nobody here wrote.

#[cfg(test)]
mod container;

#[cfg(test)]
use arch_tests::checkout;
#[cfg(test)]
use container::{Container, image, tool};
#[cfg(test)]
use serde_json::{Value, json};

#[test]
fn the_image_has_one_program_no_shell_and_is_run_by_nobody() {
    let Some((folder, tag)) = image() else { return };
    let name = format!("oci:{folder}:{tag}");
    let config: Value =
        serde_json::from_str(&tool("skopeo", &["inspect", "--config", &name])).unwrap();
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"], json!(["/usr/bin/arch-prover"]));
    let image: Value = serde_json::from_str(&tool("skopeo", &["inspect", &name])).unwrap();
    let [layer] = image["Layers"].as_array().unwrap().as_slice() else { panic!("{image}") };
    let blob = layer.as_str().unwrap().replace(':', "/");
    let files = tool("tar", &["--list", "--verbose", "-f", &format!("{folder}/blobs/{blob}")]);
    let programs: Vec<&str> = files.lines().filter(|line| !line.starts_with('d')).collect();
    let [program] = programs.as_slice() else { panic!("{files}") };
    assert!(program.starts_with("-rwxr-xr-x 0/0 "), "{program}");
    assert!(program.ends_with(" ./usr/bin/arch-prover"), "{program}");
}

#[test]
fn with_a_root_that_cannot_be_written_it_checks_and_proves() {
    let Some(mut container) = Container::start() else { return };
    let shipped = std::fs::read_to_string(checkout().join("circuits/example/step.json")).unwrap();
    let verify = json!({
        "verify": { "request": 1, "proof": shipped, "terms": { "devKeys": true } }
    });
    let fold = std::fs::read_to_string(checkout().join("tests/vectors/prover/fold.json")).unwrap();
    let said = container.asked(&[&verify.to_string(), &fold]);
    assert!(said[0]["ready"].is_object(), "{said:?}");
    assert_eq!(said[1]["checked"]["holds"], true, "{said:?}");
    assert!(said.last().unwrap()["proved"]["proof"].is_string(), "{said:?}");
    // As the kernel sees it.
    let status = container.status();
    for line in ["Uid:\t65532\t65532\t65532\t65532", "CapEff:\t0000000000000000", "NoNewPrivs:\t1"]
    {
        assert!(status.contains(line), "{line}: {status}");
    }
    assert!(!container.can_run("/bin/sh"));
    assert!(container.can_run("/usr/bin/arch-prover"));
}
