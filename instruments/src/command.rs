//! `starbridge score`: from an answer file to one line of JSON.

use super::answers::{Answers, InputError, shown};
use super::registry::Registry;
use super::score::Options;
use super::text::Language;

/// Scores an answer file with the current built-in package. Gives the JSON object as one line, or one line that says
/// what is wrong with the input (exit code 2, nothing on standard output).
pub fn score_command(
    code: &str,
    answers_json: &str,
    age_months: Option<u32>,
    cutoffs: Option<&str>,
) -> Result<String, String> {
    let registry = Registry::built_in().map_err(ToString::to_string)?;
    let Some(package) = registry.get(code) else {
        let known: Vec<&str> = registry.current().map(|package| package.code.as_str()).collect();
        let known = known.join(", ");
        return Err(InputError::new("unknown_instrument", &[("code", &shown(code)), ("known", &known)]).to_string());
    };
    let answers = Answers::from_json(answers_json).map_err(|error| error.to_string())?;
    let outcome = package
        .score(&answers, &Options { age_months, cutoffs })
        .map_err(|error| error.to_string())?;
    serde_json::to_string(&outcome.report(Language::Zh)).map_err(|error| error.to_string())
}
