//! One binary for all targets: `FUZZ_TARGET` says which. `fuzz/run` builds and starts it.

#![no_main]

mod archive;
mod importers;

use std::sync::OnceLock;

use importers::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

fn target() -> &'static Target {
    static TARGET: OnceLock<&Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("FUZZ_TARGET `{name}` is not known"))
    })
}

fuzz_target!(
    init: {
        // The fixtures, as inputs to begin with.
        if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
            for (i, seed) in (target().seeds)().into_iter().enumerate() {
                std::fs::write(std::path::Path::new(&folder).join(format!("seed-{i:03}")), seed).expect("a seed");
            }
        }
    },
    |data: &[u8]| {
        (target().run)(data);
    }
);
