//! What the file says about itself, in the dictionary that all readers know and as XMP for archives.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pdf_writer::{Name, Pdf, Ref, TextStr};
use xmp_writer::{LangId, Timezone, XmpWriter};

use super::LANGUAGE;

const CREATOR: &str = "TechMart";

/// What there is to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) author: &'a str,
    pub(super) at: Timestamp,
    pub(super) pages: u32,
}

/// Writes it under the two references, and the title as the file's identifier.
pub(super) fn write(pdf: &mut Pdf, about: &About<'_>, info: Ref, xmp: Ref) {
    let at = about.at.to_zoned(TimeZone::UTC);
    let year = at.year().unsigned_abs();
    let [month, day, hour, minute, second] =
        [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(i8::unsigned_abs);

    let id = about.title.as_bytes().to_vec();
    pdf.set_file_id((id.clone(), id));
    pdf.document_info(info)
        .title(TextStr(about.title))
        .author(TextStr(about.author))
        .creator(TextStr(CREATOR))
        .creation_date(
            pdf_writer::Date::new(year)
                .month(month)
                .day(day)
                .hour(hour)
                .minute(minute)
                .second(second)
                .utc_offset_hour(0)
                .utc_offset_minute(0),
        );

    let created = xmp_writer::DateTime {
        year,
        month: Some(month),
        day: Some(day),
        hour: Some(hour),
        minute: Some(minute),
        second: Some(second),
        timezone: Some(Timezone::Utc),
    };
    let mut packet = XmpWriter::new();
    packet
        .title([(None, about.title)])
        .creator([about.author])
        .creator_tool(CREATOR)
        .language([LangId(LANGUAGE)])
        .create_date(created)
        .modify_date(created)
        .format("application/pdf")
        .num_pages(about.pages)
        .document_id(about.title);
    let packet = packet.finish(None);
    pdf.stream(xmp, packet.as_bytes())
        .pair(Name(b"Type"), Name(b"Metadata"))
        .pair(Name(b"Subtype"), Name(b"XML"));
}
