//! Storage.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Drive => drive,
        K::Ssd => ssd,
        K::ExternalDrive => external,
        K::Nas => nas,
        K::UsbStick => stick,
        K::MemoryCard => memory_card,
        K::CardReader => card_reader,
        K::OpticalDrive => optical,
        K::Disc => disc,
        K::Tape => tape,
        _ => return None,
    })
}

fn drive(c: &mut Canvas) {
    c.shadow(120);
    c.rect([104, 62, 192, 258], 12, Metal)
        .rect([104, 62, 192, 258], 12, Shade)
        .rect([112, 70, 176, 242], 8, Metal);
    c.circle(200, 158, 76, Gleam)
        .circle(200, 158, 70, Shade)
        .circle(200, 158, 24, Metal)
        .circle(200, 158, 9, Edge);
    c.path("M268 276q-50-20-62-104l14-2q18 70 60 84z", Side)
        .rect([132, 252, 92, 46], 4, Paper)
        .rect([142, 264, 60, 6], 3, Body);
    c.rect([142, 278, 40, 6], 3, Accent);
    for [x, y] in [[120, 78], [280, 78], [120, 304], [280, 304]] {
        c.circle(x, y, 4, Ink);
    }
}

fn ssd(c: &mut Canvas) {
    if c.pick(2) == 0 {
        c.shadow_at(200, 252, 170);
        c.rect([44, 158, 312, 72], 6, Side)
            .rect([44, 162, 10, 64], 0, Accent)
            .rect([44, 188, 16, 10], 0, Paper);
        c.rect([76, 170, 62, 48], 4, Ink)
            .rect([152, 170, 62, 48], 4, Ink)
            .rect([228, 170, 84, 48], 3, Paper);
        c.rect([240, 184, 46, 7], 3, Body)
            .rect([240, 198, 30, 7], 3, Accent)
            .circle(356, 194, 12, Metal);
    } else {
        c.shadow(130);
        c.path(
            "M100 96h200q14 0 14 14v198q0 12-12 12H98q-12 0-12-12V110q0-14 14-14z",
            Body,
        );
        c.path("M86 250h228v58q0 12-12 12H98q-12 0-12-12z", Side)
            .rect([112, 126, 176, 92], 8, Light);
        c.rect([130, 148, 92, 14], 7, Edge)
            .rect([130, 176, 60, 12], 6, Accent)
            .rect([150, 302, 100, 18], 3, Ink);
    }
}

fn external(c: &mut Canvas) {
    c.shadow(130);
    c.rect([104, 84, 192, 238], 24, Edge)
        .rect([104, 80, 192, 234], 24, Body)
        .path("M128 80h144q24 0 24 24L104 250V104q0-24 24-24z", Gleam);
    c.circle(264, 286, 6, Accent)
        .rect([176, 306, 48, 12], 3, Ink)
        .line("M200 318v14q0 18 24 18h60", 9, Ink);
    match c.pick(3) {
        0 => c.dashes("M132 130h136v90H132z", 3, [6, 6], Light),
        1 => c.rect([130, 250, 60, 10], 5, Light),
        _ => c.line("M124 200l152-60M124 230l152-60M124 260l152-60", 4, Side),
    };
}

fn nas(c: &mut Canvas) {
    c.shadow(140);
    c.rect([96, 84, 208, 238], 14, Body)
        .rect([276, 84, 28, 238], 14, Side);
    let bays = 2 + c.pick(3);
    for bay in 0..bays {
        c.rect([114 + bay * (148 / bays), 108, 148 / bays - 8, 160], 6, Ink);
        c.circle(
            114 + bay * (148 / bays) + (148 / bays - 8) / 2,
            126,
            4,
            Accent,
        );
    }
    c.rect([114, 284, 40, 10], 5, Edge)
        .circle(244, 290, 9, Accent)
        .rect([170, 284, 24, 12], 3, Ink);
}

fn stick(c: &mut Canvas) {
    c.shadow_at(200, 280, 150);
    c.rect([64, 160, 92, 76], 4, Metal)
        .rect([82, 174, 18, 16], 2, Ink)
        .rect([82, 206, 18, 16], 2, Ink);
    c.rect([136, 144, 204, 108], 24, Body)
        .path("M136 210h204v18q0 24-24 24H160q-24 0-24-24z", Side);
    c.circle(312, 198, 12, Edge).circle(312, 198, 7, Light);
    if c.pick(2) == 0 {
        c.rect([164, 168, 96, 14], 7, Light)
            .rect([164, 190, 56, 10], 5, Accent);
    } else {
        c.rect([160, 160, 110, 76], 12, Metal)
            .rect([176, 178, 60, 12], 6, Shade);
    }
}

fn memory_card(c: &mut Canvas) {
    c.shadow(110);
    c.path(
        "M122 76h112l54 54v170q0 18-18 18H122q-18 0-18-18V94q0-18 18-18z",
        Body,
    );
    c.dashes("M128 106h98", 46, [12, 8], Accent)
        .path("M104 154h8v34h-8z", Edge);
    c.rect([126, 166, 140, 128], 10, Light)
        .rect([142, 186, 84, 14], 7, Edge)
        .rect([142, 214, 50, 12], 6, Side);
    c.rect([142, 262, 108, 14], 7, Accent);
    if c.pick(2) == 0 {
        c.circle(236, 228, 18, Side);
    }
}

fn card_reader(c: &mut Canvas) {
    c.shadow(130);
    c.rect([180, 86, 92, 120], 10, Accent)
        .dashes("M192 106h66", 22, [8, 6], Metal);
    c.rect([90, 168, 220, 146], 18, Body)
        .path("M90 250h220v46q0 18-18 18H108q-18 0-18-18z", Side);
    c.rect([168, 176, 116, 12], 6, Ink)
        .rect([112, 214, 60, 12], 6, Ink)
        .rect([190, 214, 94, 12], 6, Ink);
    let led = 5 + c.pick(3);
    c.circle(124, 190, led, Accent)
        .line("M110 300H70q-20 0-20 20", 9, Ink);
}

fn optical(c: &mut Canvas) {
    c.shadow(160);
    c.ellipse([200, 268, 120, 34], Metal)
        .ellipse([200, 268, 28, 8], Side);
    c.rect([60, 120, 280, 150], 10, Body)
        .rect([60, 218, 280, 52], 8, Side)
        .rect([78, 226, 244, 30], 5, Edge);
    c.rect([84, 142, 180, 12], 6, Light)
        .circle(306, 150, 7, Accent)
        .rect([280, 236, 30, 9], 4, Light);
    c.path("M84 256h232l16 26q-132 46-264 0z", Gleam);
    if c.pick(2) == 0 {
        c.rect([84, 168, 90, 8], 4, Light);
    }
}

fn disc(c: &mut Canvas) {
    c.shadow(130);
    c.circle(200, 190, 128, Metal).circle(200, 190, 122, Body);
    c.path(
        "M200 190L110 98A128 128 0 0 1 180 64zM200 190l90 92a128 128 0 0 1-70 34z",
        Gleam,
    )
    .path("M200 190l122-36a128 128 0 0 1 4 50z", Gleam);
    c.circle(200, 190, 46, Metal)
        .circle(200, 190, 38, Paper)
        .circle(200, 190, 15, Edge);
    if c.pick(2) == 0 {
        c.line("M200 84a106 106 0 0 1 92 52", 6, Accent);
    }
}

fn tape(c: &mut Canvas) {
    c.shadow(140);
    c.rect([76, 104, 248, 214], 14, Body)
        .rect([76, 268, 248, 50], 12, Side)
        .rect([96, 122, 208, 108], 8, Paper);
    c.rect([96, 122, 208, 24], 6, Accent)
        .circle(150, 190, 26, Ink)
        .circle(250, 190, 26, Ink)
        .circle(150, 190, 12, Metal)
        .circle(250, 190, 12, Metal);
    c.rect([166, 174, 68, 32], 4, Glass)
        .rect([140, 282, 120, 14], 7, Edge);
    if c.pick(2) == 0 {
        c.rect([112, 244, 60, 10], 5, Light);
    }
}
