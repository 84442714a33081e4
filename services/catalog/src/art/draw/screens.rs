//! Monitors, televisions, projectors and what carries them.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Picture, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Monitor => monitor,
        K::Tv => tv,
        K::Projector => projector,
        K::Lamp => lamp,
        K::Mount => mount,
        K::ProjectionScreen => projection_screen,
        K::ScreenFilter => filter,
        K::Splitter => splitter,
        K::MediaBox => media_box,
        K::Player => player,
        K::Remote => remote,
        K::Antenna => antenna,
        K::PhotoFrame => frame,
        _ => return None,
    })
}

fn scene(c: &mut Canvas, [x, y, width, height]: [i32; 4]) {
    c.rect([x, y, width, height], 3, Picture);
    let hill = y + height * (5 + c.pick(3)) / 10;
    let (half, low) = (width / 2, y + height);
    c.path(
        &format!("M{x} {hill}q{} -50 {half} 0t{half}-10V{low}H{x}z", half / 2),
        Gleam,
    );
    let sun = c.pick(6);
    c.circle(
        x + width * (2 + sun) / 10,
        y + height / 4,
        height / 10,
        Gleam,
    );
}

fn monitor(c: &mut Canvas) {
    c.shadow(120);
    c.path("M176 262h48l10 50h-68z", Side)
        .path("M132 322q0-12 14-12h108q14 0 14 12z", Body);
    c.rect([44, 78, 312, 194], 12, Edge)
        .rect([44, 78, 312, 190], 12, Ink);
    scene(c, [54, 88, 292, 162]);
    c.rect([186, 255, 28, 6], 3, Metal);
}

fn tv(c: &mut Canvas) {
    c.shadow(170);
    c.rect([26, 74, 348, 214], 8, Edge)
        .rect([26, 74, 348, 210], 8, Ink);
    scene(c, [33, 80, 334, 192]);
    if c.pick(2) == 0 {
        c.path("M92 284h14l-14 40H78zM294 284h14l14 40h-14z", Side);
    } else {
        c.rect([180, 284, 40, 28], 0, Side)
            .rect([116, 308, 168, 14], 6, Body);
    }
}

fn projector(c: &mut Canvas) {
    c.shadow(160);
    c.rect([66, 292, 36, 26], 6, Ink)
        .rect([298, 292, 36, 26], 6, Ink);
    c.path(
        "M52 190q0-34 34-34h228q34 0 34 34v86q0 26-26 26H78q-26 0-26-26z",
        Body,
    )
    .path("M52 250h296v26q0 26-26 26H78q-26 0-26-26z", Side);
    c.circle(136, 226, 62, Edge)
        .circle(136, 226, 52, Ink)
        .circle(136, 226, 40, Glass)
        .circle(124, 212, 13, Gleam);
    c.dashes("M222 226h96", 64, [7, 8], Edge)
        .rect([214, 168, 60, 9], 4, Light)
        .circle(306, 172, 6, Accent);
    if c.pick(2) == 0 {
        c.circle(290, 172, 6, Light);
    }
}

fn lamp(c: &mut Canvas) {
    c.shadow(130);
    c.path("M200 84q86 10 104 140H96q18-130 104-140z", Metal)
        .path("M200 84q-30 40-36 140H96q18-130 104-140z", Gleam);
    c.path("M178 224q0-80 22-80t22 80z", Paper)
        .circle(200, 156, 16, Accent)
        .rect([88, 220, 224, 36], 10, Body);
    c.rect([120, 256, 160, 62], 8, Side)
        .rect([146, 272, 28, 30], 4, Ink)
        .rect([226, 272, 28, 30], 4, Ink);
    if c.pick(2) == 0 {
        c.rect([186, 272, 28, 30], 4, Accent);
    }
}

fn mount(c: &mut Canvas) {
    c.shadow_at(150, 330, 110);
    c.rect([70, 84, 52, 236], 10, Body)
        .rect([70, 84, 18, 236], 8, Side)
        .circle(96, 112, 8, Ink)
        .circle(96, 292, 8, Ink);
    let elbow = 156 + c.pick(4) * 12;
    c.line(&format!("M110 202L188 {elbow}L262 202"), 30, Side)
        .line(&format!("M110 198L188 {}L262 198", elbow - 4), 20, Body);
    c.circle(188, elbow, 20, Edge).circle(188, elbow, 10, Light);
    c.rect([256, 126, 24, 152], 8, Side)
        .path("M280 112h34v180h-34z", Edge)
        .rect([288, 100, 30, 204], 8, Body);
}

fn projection_screen(c: &mut Canvas) {
    c.shadow(120);
    c.line("M200 250v66M200 290l-60 32M200 290l60 32", 10, Edge)
        .rect([42, 68, 316, 22], 11, Body);
    c.rect([54, 88, 292, 180], 2, Ink)
        .rect([64, 88, 272, 170], 0, Paper)
        .path("M64 88h200L64 240z", Gleam);
    c.rect([180, 262, 40, 12], 6, Metal);
    if c.pick(2) == 0 {
        c.path("M64 258l70-80 50 50 60-70 92 100z", Shade);
    }
}

fn filter(c: &mut Canvas) {
    c.shadow(150);
    c.rect([70, 92, 230, 160], 10, Ink)
        .rect([78, 100, 214, 144], 4, Picture)
        .rect([150, 250, 70, 58], 6, Side)
        .rect([110, 304, 150, 14], 7, Body);
    c.path("M118 130l214-22q8 0 8 8v148q0 8-8 8l-214-14z", Shade)
        .path("M118 130l214-22q8 0 8 8L118 230z", Gleam);
    if c.pick(2) == 0 {
        c.path("M118 130l214-22q8 0 8 8v148q0 8-8 8l-214-14z", Shade);
    }
}

fn splitter(c: &mut Canvas) {
    c.shadow(150);
    c.path("M62 180l24-30h228l24 30z", Light)
        .rect([62, 178, 276, 132], 12, Body)
        .rect([62, 262, 276, 48], 12, Side);
    for port in 0..4 {
        c.rect([84 + port * 54, 202, 42, 34], 6, Ink)
            .rect([92 + port * 54, 210, 26, 18], 3, Metal);
    }
    c.circle(314, 212, 6, Accent)
        .circle(314, 232, 6, Light)
        .dashes("M86 286h120", 10, [6, 6], Edge);
    c.line("M104 236v40q0 60-50 60", 12, Ink);
    if c.pick(2) == 0 {
        c.line("M158 236v50q0 60-50 60", 12, Ink);
    }
}

fn media_box(c: &mut Canvas) {
    c.shadow(140);
    c.path("M84 220l22-40h188l22 40z", Light)
        .rect([80, 214, 240, 96], 22, Body)
        .path("M80 262h240v26q0 22-22 22H102q-22 0-22-22z", Side);
    c.circle(286, 250, 7, Accent)
        .rect([104, 240, 70, 10], 5, Edge)
        .path("M184 188l30 12-30 12z", Edge);
    if c.pick(2) == 0 {
        c.rect([330, 120, 34, 190], 16, Ink)
            .circle(347, 150, 10, Metal);
    }
}

fn player(c: &mut Canvas) {
    c.shadow(180);
    c.path("M46 196l26-34h256l26 34z", Light)
        .rect([40, 194, 320, 104], 10, Body)
        .rect([40, 262, 320, 36], 8, Side);
    c.rect([60, 214, 130, 16], 4, Ink)
        .rect([206, 210, 80, 30], 5, Glass)
        .rect([216, 220, 40, 8], 3, Accent);
    c.circle(318, 226, 15, Edge)
        .circle(318, 226, 9, Light)
        .rect([64, 298, 40, 14], 4, Ink)
        .rect([296, 298, 40, 14], 4, Ink);
    if c.pick(2) == 0 {
        c.dashes("M64 246h116", 8, [16, 8], Edge);
    }
}

fn remote(c: &mut Canvas) {
    c.shadow(70);
    c.rect([150, 52, 100, 270], 34, Edge)
        .rect([150, 50, 100, 264], 34, Body)
        .circle(200, 82, 10, Accent);
    c.circle(200, 150, 38, Edge)
        .circle(200, 150, 32, Side)
        .circle(200, 150, 14, Light);
    let rows = 2 + c.pick(3);
    for row in 0..rows {
        c.dashes(
            &format!("M170 {}h64", 212 + row * 22),
            13,
            [14, 11],
            if row == 0 { Light } else { Edge },
        );
    }
}

fn antenna(c: &mut Canvas) {
    c.shadow(110);
    if c.pick(2) == 0 {
        c.line("M190 280L110 84M210 280L290 84", 7, Metal)
            .circle(110, 84, 7, Accent)
            .circle(290, 84, 7, Accent);
        c.path("M120 318q0-56 80-56t80 56z", Body)
            .rect([112, 306, 176, 16], 8, Side)
            .circle(200, 290, 7, Accent);
    } else {
        c.rect([186, 62, 28, 214], 14, Body)
            .rect([186, 62, 12, 214], 6, Light)
            .rect([172, 266, 56, 30], 8, Side)
            .rect([140, 294, 120, 28], 12, Edge);
        c.line(
            "M244 110q20 30 0 66M268 94q34 48 0 98M156 110q-20 30 0 66M132 94q-34 48 0 98",
            6,
            Accent,
        );
    }
}

fn frame(c: &mut Canvas) {
    c.shadow(150);
    c.path("M250 270l60 54h-24l-56-54z", Side)
        .rect([58, 84, 284, 220], 10, Body)
        .rect([58, 290, 284, 14], 6, Side);
    c.rect([84, 110, 232, 168], 3, Paper);
    scene(c, [98, 122, 204, 144]);
}
