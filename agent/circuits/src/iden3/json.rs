//! The JSON of snarkjs: decimal texts, points in three coordinates of which the last one is one.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr as _;
use ark_ff::PrimeField as _;
use serde_json::{Value, json};

use crate::{
    field::{from_decimal, to_decimal},
    groth16::{Groth16Proof, KeyError, VerifyingKey},
};

/// Why a JSON text is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadJson {
    /// It is not JSON, or not of this form.
    #[error("`{0}` is missing or not as snarkjs writes it")]
    Form(&'static str),
    /// It is of another protocol or curve.
    #[error("it is not of the protocol `groth16` over the curve `bn128`")]
    Protocol,
    /// These numbers are no point of the group.
    #[error("`{0}` is no point of its group, or at infinity")]
    Point(&'static str),
    /// This is no number of the field.
    #[error(transparent)]
    Number(#[from] crate::field::NotAnElement),
    /// The key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// `proof.json`
#[must_use]
pub fn proof_to_json(proof: &Groth16Proof) -> Value {
    let points = proof.points();
    json!({
        "pi_a": one(&points.a),
        "pi_b": two(&points.b),
        "pi_c": one(&points.c),
        "protocol": "groth16",
        "curve": "bn128",
    })
}

/// Reads the same.
///
/// # Errors
/// [`BadJson`].
pub fn proof_from_json(json: &Value) -> Result<Groth16Proof, BadJson> {
    expect_protocol(json)?;
    let points = ark_groth16::Proof {
        a: read_one(json, "pi_a")?,
        b: read_two(json, "pi_b")?,
        c: read_one(json, "pi_c")?,
    };
    Groth16Proof::checked(points).map_err(|_infinite| BadJson::Point("pi_a, pi_b or pi_c"))
}

/// `public.json`
#[must_use]
pub fn publics_to_json(publics: &[Fr]) -> Value {
    publics.iter().map(to_decimal).collect()
}

/// Reads the same.
///
/// # Errors
/// [`BadJson`].
pub fn publics_from_json(json: &Value) -> Result<Vec<Fr>, BadJson> {
    let texts = json.as_array().ok_or(BadJson::Form("public signals"))?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    texts
        .iter()
        .map(|value| {
            let text = text(value).ok_or(BadJson::Form("public signals"))?;
            Ok(from_decimal(&text)?)
        })
        .collect()
}

/// `verification_key.json`, without the pairing of α and β that snarkjs adds and does not need.
#[must_use]
pub fn verifying_key_to_json(key: &VerifyingKey) -> Value {
    let points = key.points();
    json!({
        "protocol": "groth16",
        "curve": "bn128",
        "nPublic": key.publics(),
        "vk_alpha_1": one(&points.alpha_g1),
        "vk_beta_2": two(&points.beta_g2),
        "vk_gamma_2": two(&points.gamma_g2),
        "vk_delta_2": two(&points.delta_g2),
        "IC": points.gamma_abc_g1.iter().map(one).collect::<Vec<_>>(),
    })
}

/// Reads the same, for a circuit with this many public numbers.
///
/// # Errors
/// [`BadJson`].
pub fn verifying_key_from_json(json: &Value, publics: usize) -> Result<VerifyingKey, BadJson> {
    expect_protocol(json)?;
    let inputs = json.get("IC").and_then(Value::as_array).ok_or(BadJson::Form("IC"))?;
    let said = json.get("nPublic").and_then(Value::as_u64);
    if said != u64::try_from(inputs.len().saturating_sub(1)).ok() {
        return Err(BadJson::Form("nPublic"));
    }
    if inputs.len() > 64 {
        return Err(
            KeyError::Publics { have: inputs.len().saturating_sub(1), need: publics }.into()
        );
    }
    let inputs: Result<_, _> = inputs.iter().map(|value| point_one(value, "IC")).collect();
    let points = ark_groth16::VerifyingKey {
        alpha_g1: read_one(json, "vk_alpha_1")?,
        beta_g2: read_two(json, "vk_beta_2")?,
        gamma_g2: read_two(json, "vk_gamma_2")?,
        delta_g2: read_two(json, "vk_delta_2")?,
        gamma_abc_g1: inputs?,
    };
    Ok(VerifyingKey::checked(points, publics)?)
}

fn expect_protocol(json: &Value) -> Result<(), BadJson> {
    let is = |name: &str, wanted: &str| json.get(name).and_then(Value::as_str) == Some(wanted);
    if is("protocol", "groth16") && is("curve", "bn128") { Ok(()) } else { Err(BadJson::Protocol) }
}

fn text(number: &Fq) -> String {
    number.into_bigint().to_string()
}

fn one(point: &G1Affine) -> Value {
    let (x, y) = point.xy().unwrap_or_default();
    json!([text(&x), text(&y), "1"])
}

fn two(point: &G2Affine) -> Value {
    let (x, y) = point.xy().unwrap_or_default();
    json!([[text(&x.c0), text(&x.c1)], [text(&y.c0), text(&y.c1)], ["1", "0"]])
}

fn coordinate(value: Option<&Value>, name: &'static str) -> Result<Fq, BadJson> {
    let written = value.and_then(Value::as_str).ok_or(BadJson::Form(name))?;
    let digits = written.len() <= 77 && written.bytes().all(|byte| byte.is_ascii_digit());
    let number: Fq = digits.then(|| written.parse().ok()).flatten().ok_or(BadJson::Form(name))?;
    // One text a number: parsing reduces.
    if text(&number) == written { Ok(number) } else { Err(BadJson::Form(name)) }
}

fn pair(value: Option<&Value>, name: &'static str) -> Result<Fq2, BadJson> {
    let both = value.and_then(Value::as_array).filter(|both| both.len() == 2);
    let both = both.ok_or(BadJson::Form(name))?;
    Ok(Fq2::new(coordinate(both.first(), name)?, coordinate(both.get(1), name)?))
}

fn three<'a>(value: &'a Value, name: &'static str) -> Result<&'a Vec<Value>, BadJson> {
    value.as_array().filter(|three| three.len() == 3).ok_or(BadJson::Form(name))
}

fn read_one(json: &Value, name: &'static str) -> Result<G1Affine, BadJson> {
    point_one(json.get(name).ok_or(BadJson::Form(name))?, name)
}

fn point_one(value: &Value, name: &'static str) -> Result<G1Affine, BadJson> {
    let three = three(value, name)?;
    if three.get(2).and_then(Value::as_str) != Some("1") {
        return Err(BadJson::Point(name));
    }
    let point =
        G1Affine::new_unchecked(coordinate(three.first(), name)?, coordinate(three.get(1), name)?);
    if point.is_on_curve() { Ok(point) } else { Err(BadJson::Point(name)) }
}

fn read_two(json: &Value, name: &'static str) -> Result<G2Affine, BadJson> {
    let three = three(json.get(name).ok_or(BadJson::Form(name))?, name)?;
    if three.get(2) != Some(&json!(["1", "0"])) {
        return Err(BadJson::Point(name));
    }
    let point = G2Affine::new_unchecked(pair(three.first(), name)?, pair(three.get(1), name)?);
    let good = point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve();
    if good { Ok(point) } else { Err(BadJson::Point(name)) }
}
