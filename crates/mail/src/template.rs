//! What messages say: one file per message, from which subject, text and HTML come.
//!
//! A file begins with `{% extends "layout.jinja" %}` and fills the blocks `subject`, `text` and
//! `html`. In `html` every value is escaped; in `subject` and `text` none is. A name that has no
//! value is an error, never an empty place. `shop.name` and `shop.origin` are always there.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::settings::MailSettings;

const LAYOUT: (&str, &str) = ("layout.jinja", include_str!("../templates/layout.jinja"));

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as a page, for programs that show one.
    pub html: Option<String>,
}

/// Why a message cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the message `{template}` cannot be written")]
pub struct TemplateError {
    template: String,
    source: minijinja::Error,
}

/// The messages of a service.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Reads the files of all messages: name and text.
    ///
    /// # Errors
    /// When one is no template.
    pub fn new(
        settings: &MailSettings,
        origin: &str,
        files: &[(&'static str, &'static str)],
    ) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        // Lines that hold nothing but a tag leave no empty line behind.
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(failed("the syntax"))?;
        environment.set_syntax(syntax);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let shop = BTreeMap::from([("name", settings.shop_name.as_str()), ("origin", origin)]);
        environment.add_global("shop", Value::from(Serde(shop)));
        for (name, text) in [LAYOUT].iter().chain(files) {
            environment.add_template(name, text).map_err(failed(name))?;
        }
        Ok(Self { environment })
    }

    /// Writes a message with these values.
    ///
    /// # Errors
    /// When there is no such message, or a value is missing.
    pub fn render(&self, name: &str, values: impl Serialize) -> Result<Content, TemplateError> {
        let values = Value::from(Serde(values));
        let block = |block: &str, subject: &str| -> Result<String, TemplateError> {
            let values = context! { subject, ..values.clone() };
            self.environment
                .get_template(name)
                .and_then(|template| template.render_captured(values))
                .and_then(|mut page| page.with_state_mut(|state| state.render_block(block)))
                .map_err(failed(name))
        };
        let subject = one_line(&block("subject", "")?);
        let text = block("text_page", &subject)?.trim_start().to_owned();
        let html = block("html_page", &subject)?;
        Ok(Content {
            subject,
            text,
            html: Some(html),
        })
    }
}

fn failed(template: &str) -> impl Fn(minijinja::Error) -> TemplateError {
    move |source| TemplateError {
        template: template.to_owned(),
        source,
    }
}

/// A subject is a header: whatever stands in a value, it stays one line.
fn one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: (&str, &str) = (
        "note.jinja",
        "{% extends 'layout.jinja' %}
{% block subject %}About {{ title }}{% endblock %}
{% block text %}Dear {{ name }},

{% for line in lines %}
* {{ line }}
{% endfor %}{% endblock %}
{% block html %}<p>Dear {{ name }}</p><ul>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul><a href=\"{{ link }}\">Go</a>{% endblock %}",
    );

    fn templates(files: &[(&'static str, &'static str)]) -> Result<Templates, TemplateError> {
        let settings = MailSettings::default();
        Templates::new(&settings, "https://shop.example", files)
    }

    #[derive(Serialize)]
    struct Note<'a> {
        title: &'a str,
        name: &'a str,
        lines: [&'a str; 2],
        link: &'a str,
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        assert!(templates(&[("bad.jinja", "{% block %}")]).is_err());
        let templates = templates(&[NOTE, ("half.jinja", "{% extends 'layout.jinja' %}")]).unwrap();
        assert!(templates.render("none.jinja", ()).is_err());
        assert!(
            templates.render("note.jinja", ()).is_err(),
            "a value is missing"
        );
        assert!(
            templates.render("half.jinja", ()).is_err(),
            "a block is missing"
        );
    }

    #[test]
    fn values_are_escaped_where_it_is_a_page_and_only_there() {
        let note = Note {
            title: "a\r\nBcc: b@evil.example\u{0}",
            name: "<script>alert(1)</script> & \"Co\"",
            lines: ["1 × Lamp", "<b>2</b>"],
            link: "https://shop.example/x#a=\"><script>",
        };
        let content = templates(&[NOTE])
            .unwrap()
            .render("note.jinja", note)
            .unwrap();
        assert_eq!(content.subject, "About a Bcc: b@evil.example");
        assert_eq!(
            content.text,
            "Dear <script>alert(1)</script> & \"Co\",\n\n* 1 × Lamp\n* <b>2</b>\n\n-- \nTechMart\nhttps://shop.example\n"
        );
        let html = content.html.unwrap();
        assert!(
            !html.contains("<script>") && !html.contains("<b>2"),
            "{html}"
        );
        assert!(
            html.contains("&lt;script&gt;") && html.contains("&lt;b&gt;2"),
            "{html}"
        );
        assert!(html.contains("#a=&quot;&gt;&lt;script&gt;\""), "{html}");
        assert!(
            html.contains("<title>About a Bcc: b@evil.example</title>"),
            "{html}"
        );
        assert!(html.contains("<ul><li>1 × Lamp</li>"), "{html}");
    }
}
