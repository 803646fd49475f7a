use super::{
    super::{
        drawn::{field_field, step_field},
        shipped,
    },
    *,
};
use crate::enrolment::chain::drawn::{DrawnField, DrawnStep};

/// What a browser sends of a drawing that nobody touched.
fn sent(drawing: &Drawing) -> Sent {
    let mut sent = Sent::new();
    let mut put = |name: String, value: &str| sent.insert(name, value.to_owned());
    put("valid_from".into(), &drawing.valid_from);
    put("source".into(), &drawing.source);
    put("resumes".into(), &drawing.resumes);
    put("stages".into(), &drawing.stages.len().to_string());
    for (n, steps) in drawing.stages.iter().enumerate() {
        put(format!("s{n}-steps"), &steps.len().to_string());
        for (m, step) in steps.iter().enumerate() {
            for (part, value) in [
                ("code", &step.code),
                ("zh", &step.zh),
                ("en", &step.en),
                ("organisation", &step.organisation),
                ("role", &step.role),
                ("days", &step.days),
                ("least", &step.least),
                ("fields", &step.fields.len().to_string()),
                ("conditions", &step.conditions.len().to_string()),
            ] {
                put(step_field(n, m, part), value);
            }
            for outcome in &step.outcomes {
                put(step_field(n, m, &format!("o-{outcome}")), "true");
            }
            for (k, field) in step.fields.iter().enumerate() {
                for (part, value) in [
                    ("code", &field.code),
                    ("zh", &field.zh),
                    ("en", &field.en),
                    ("kind", &field.kind),
                    ("required", &field.required),
                    ("with", &field.with),
                    ("least", &field.least),
                    ("most", &field.most),
                    ("choices", &field.choices),
                ] {
                    put(field_field(n, m, k, part), value);
                }
            }
        }
    }
    sent
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_chain_that_nobody_touched_comes_back_as_it_was() {
    let shipped = shipped::chain().unwrap().chain;
    let drawing = Drawing::of(&shipped, day("2026-12-01"), "本区办法");
    let again = Drawing::read(&sent(&drawing));
    assert_eq!(again, drawing);
    let input = again.input(day("2026-11-02")).unwrap();
    assert_eq!(input.chain, shipped);
    let past = again.input(day("2026-12-02")).unwrap_err();
    assert_eq!(past.all()[0].0, "valid_from");
}

#[test]
fn buttons_keep_what_was_typed() {
    let shipped = shipped::chain().unwrap().chain;
    let mut drawing = Drawing::of(&shipped, day("2026-12-01"), "本区办法");
    drawing.act(Act::read("stage-6"));
    drawing.act(Act::read("up-6"));
    assert_eq!(drawing.stages[5][0], DrawnStep::default());
    assert_eq!(drawing.stages[6][0].code, "decision");
    drawing.act(Act::read("field-5-0"));
    drawing.act(Act::read("condition-5-0"));
    let (_, errors) = drawing.chain();
    for name in [
        "s5-0-code",
        "s5-0-zh",
        "s5-0-outcomes",
        "s5-0-f0-kind",
        "s5-0-c0-value",
        "s5-0-organisation",
    ] {
        assert!(!errors.get(name).is_empty(), "{name}: {errors:?}");
    }
    drawing.act(Act::read("uncondition-5-0-0"));
    drawing.act(Act::read("unfield-5-0-0"));
    drawing.act(Act::read("remove-5-0"));
    assert_eq!(drawing, Drawing::of(&shipped, day("2026-12-01"), "本区办法"));
    drawing.act(Act::read("remove-3-0"));
    assert_eq!(drawing.stages[3].len(), 1, "its neighbour stays");
    drawing.act(Act::read("remove-99-0"));
    drawing.act(Act::read("down-5"));
    assert_eq!(drawing.stages.len(), 6, "what is not there is not touched");
}

#[test]
fn choices_are_read_line_by_line() {
    let field = DrawnField {
        kind: "choice".to_owned(),
        choices: "yes=适合=fits\nno＝不适合\n\n=x".to_owned(),
        ..DrawnField::default()
    };
    let made = field.made((0, 0, 0), &mut Errors::default());
    let told: Vec<_> = made
        .choices
        .iter()
        .map(|one| (one.code.as_str(), one.name.en.as_str()))
        .collect();
    assert_eq!(told, [("yes", "fits"), ("no", "不适合")]);
}
