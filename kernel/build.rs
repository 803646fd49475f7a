//! Checks that there are assets to embed. `make assets` builds them.

fn main() {
    assert!(
        std::path::Path::new("../assets/dist/app.css").exists(),
        "assets/dist is missing: run `make assets` (npm ci && npm run assets) first"
    );
    println!("cargo::rerun-if-changed=../assets/dist");
}
