use arch_policy::Admitted;

fn stored(text: &str) -> Admitted {
    serde_json::from_str(text).unwrap()
}

fn main() {
    let _ = stored;
}
