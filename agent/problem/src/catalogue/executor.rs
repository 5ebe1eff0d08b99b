//! S: running foreign code in the sandbox.

area! {
    OUT_OF_FUEL = "ARCH-S001", "the job used up its instruction budget",
        "the guest ran more instructions than its fuel allows",
        "raise `resources.fuel` in the manifest, within the policy's cap";
}
