//! Embeds the built assets. `make assets` builds them; without them there is nothing to embed.

fn main() {
    assert!(
        std::path::Path::new("assets/dist/app.css").exists(),
        "assets/dist is missing: run `make assets` (npm ci && npm run assets) first"
    );
    memory_serve::load_directory("assets/dist");
    println!("cargo::rerun-if-changed=assets/dist");
    println!("cargo::rerun-if-changed=locales");
}
