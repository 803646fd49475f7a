//! Pages of texts.

use askama::Template;
use entities::{
    agreement::agreement_template,
    words::{Language, TemplateState},
};

use super::forms::TemplateForm;
use crate::{
    agreement::{
        states::Templates,
        text::{BLANKS, Blank, Line},
    },
    platform::{Choice, Errors, Say, states::Machine as _, words},
    web::filters,
};

/// How a state looks.
pub fn look(state: TemplateState) -> (&'static str, &'static str) {
    Templates::of(state).look
}

/// All texts.
#[derive(Template)]
#[template(path = "agreement/templates.html")]
pub struct TemplatesPage {
    /// Each with whose it is.
    pub rows: Vec<(agreement_template::Model, String)>,
    /// The reader may write one.
    pub may_write: bool,
}

impl TemplatesPage {
    fn look(&self, state: &TemplateState) -> (&'static str, &'static str) {
        look(*state)
    }
}

/// One text.
#[derive(Template)]
#[template(path = "agreement/template.html")]
pub struct TemplatePage {
    /// The row.
    pub row: agreement_template::Model,
    /// Whose it is.
    pub owner: String,
    /// Who wrote it, and who took it into use.
    pub people: (String, String),
    /// On the sample.
    pub lines: Vec<Line>,
    /// It is the reader's own organisation's.
    pub own: bool,
    /// The reader may take it into use.
    pub may_decide: bool,
    /// The reader wrote it: somebody else decides.
    pub wrote_it: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl TemplatePage {
    fn look(&self) -> (&'static str, &'static str) {
        look(self.row.state)
    }

    fn is_draft(&self) -> bool {
        self.row.state == TemplateState::Draft
    }
}

/// A text on its way.
#[derive(Template)]
#[template(path = "agreement/template_edit.html")]
pub struct EditPage {
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
    /// What it may be about; none where that is settled.
    pub kinds: Vec<Choice>,
    /// On the sample, where it is looked at.
    pub lines: Vec<Line>,
    /// The blanks, with their names in the reader's language.
    pub language: Language,
    /// What was typed.
    pub form: TemplateForm,
    /// What is wrong with it.
    pub errors: Errors,
}

impl EditPage {
    fn blanks(&self) -> Vec<(String, Say)> {
        let told = |blank: &Blank| {
            let name = format!("{{{}}}", words::raw(self.language, blank.key));
            (name, Say::from(format!("agreement.sample.{}", blank.code)))
        };
        BLANKS.iter().map(told).collect()
    }
}
