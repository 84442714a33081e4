//! Toys, games, leisure, and the parcel that stands for everything else.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Gleam, Ink, Light, Metal, Paper, Picture, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Console => console,
        K::Gamepad => gamepad,
        K::Toy => toy,
        K::Bear => bear,
        K::Puzzle => puzzle,
        K::Pencil => pencil,
        K::Bicycle => bicycle,
        K::Generic => parcel,
        _ => return None,
    })
}

fn console(c: &mut Canvas) {
    c.shadow(160);
    if c.pick(2) == 0 {
        c.rect([60, 122, 280, 164], 44, Edge)
            .rect([60, 118, 280, 162], 44, Body)
            .rect([118, 134, 164, 130], 8, Ink)
            .rect([125, 141, 150, 116], 4, Picture);
        c.line("M90 166v32M74 182h32", 11, Edge)
            .circle(310, 166, 9, Accent)
            .circle(292, 186, 9, Light)
            .circle(90, 236, 13, Edge)
            .circle(310, 236, 13, Edge);
        c.path("M125 230q60-50 90-10t60-20v57H125z", Gleam);
    } else {
        c.path("M122 66h82l18 246h-118z", Body)
            .path("M204 66h44q10 0 12 12l24 222q2 12-10 12h-52z", Side)
            .rect([100, 308, 196, 14], 6, Edge)
            .rect([196, 96, 8, 190], 4, Accent)
            .circle(160, 280, 7, Light)
            .path("M136 90h40l2 120h-50z", Gleam);
    }
}

fn gamepad(c: &mut Canvas) {
    c.shadow(150);
    c.path(
        "M112 132h176q50 0 66 96t-26 86q-28 0-56-54H128q-28 54-56 54t-26-86q16-96 66-96z",
        Edge,
    )
    .path(
        "M112 126h176q50 0 66 96t-26 86q-28 0-56-54H128q-28 54-56 54t-26-86q16-96 66-96z",
        Body,
    );
    c.line("M118 166v40M98 186h40", 14, Edge)
        .circle(284, 164, 10, Accent)
        .circle(284, 208, 10, Light)
        .circle(262, 186, 10, Light)
        .circle(306, 186, 10, Edge);
    c.circle(162, 234, 23, Edge)
        .circle(162, 234, 15, Side)
        .circle(238, 234, 23, Edge)
        .circle(238, 234, 15, Side)
        .rect([180, 150, 40, 13], 6, Edge);
    if c.pick(2) == 0 {
        c.circle(200, 188, 11, Light);
    }
}

fn toy(c: &mut Canvas) {
    c.shadow(150);
    c.rect([64, 206, 112, 112], 12, Body)
        .rect([184, 206, 112, 112], 12, Accent)
        .rect([124, 88, 112, 112], 12, Light);
    c.rect([84, 226, 72, 72], 8, Side)
        .path("M240 228l36 66h-72z", Paper)
        .circle(180, 144, 34, Paper)
        .circle(316, 292, 27, Side)
        .circle(308, 284, 9, Gleam);
    if c.pick(2) == 0 {
        c.circle(120, 262, 22, Light);
    } else {
        c.path("M120 236l26 26-26 26-26-26z", Light);
    }
}

fn bear(c: &mut Canvas) {
    c.shadow(120);
    c.circle(146, 88, 30, Side)
        .circle(254, 88, 30, Side)
        .ellipse([128, 226, 26, 46], Side)
        .ellipse([272, 226, 26, 46], Side)
        .ellipse([200, 244, 74, 76], Body)
        .ellipse([200, 252, 44, 48], Light);
    c.ellipse([150, 306, 34, 22], Side)
        .ellipse([250, 306, 34, 22], Side)
        .circle(200, 130, 70, Body)
        .ellipse([200, 152, 34, 26], Light)
        .ellipse([200, 142, 13, 9], Ink)
        .circle(172, 118, 7, Ink)
        .circle(228, 118, 7, Ink);
    c.path("M166 192l34 14 34-14v30l-34-12-34 12z", Accent);
    if c.pick(2) == 0 {
        c.line("M190 160q10 8 20 0", 4, Ink);
    }
}

fn puzzle(c: &mut Canvas) {
    c.shadow(140);
    let knob = "M82 96h86q-16-40 22-40t22 40h86v86q40-16 40 22t-40 22v86h-86q16-40-22-40t-22 40H82v-86q40 16 40-22t-40-22z";
    c.path(knob, Edge).path(knob, Body).path(
        "M82 96h86q-16-40 22-40t22 40h86L82 300v-74q40 16 40-22t-40-22z",
        Gleam,
    );
    if c.pick(2) == 0 {
        c.circle(190, 200, 30, Accent);
    } else {
        c.path("M190 168l34 62h-68z", Accent);
    }
}

fn pencil(c: &mut Canvas) {
    c.shadow(130);
    for [x, lean] in [[120, -26], [186, 0], [252, 26]] {
        let paint = [Body, Accent, Light][usize::try_from((x - 120) / 66).unwrap_or(0)];
        c.path(
            &format!("M{x} 210l{lean}-96 14-40 14 40 {} 96z", -lean),
            paint,
        )
        .path(&format!("M{} 84l4-10 4 10z", x + lean + 10), Ink);
    }
    c.path("M98 200h204l-16 108q-2 14-16 14H130q-14 0-16-14z", Side)
        .path("M98 200h204l-4 26H102z", Edge)
        .rect([150, 250, 100, 30], 8, Paper);
    if c.pick(2) == 0 {
        c.rect([164, 260, 60, 10], 5, Accent);
    }
}

fn bicycle(c: &mut Canvas) {
    c.shadow(170);
    for x in [104, 296] {
        c.line(&format!("M{x} 250a54 54 0 1 0 1 0"), 11, Ink)
            .circle(x, 304, 6, Metal);
    }
    c.line(
        "M104 304l50-110h110l-70 110zM154 194l-14-40M264 194l32 110M264 194l-10-50h-30M104 304h90",
        10,
        Body,
    );
    c.rect([112, 142, 60, 14], 7, Edge)
        .line("M224 144h-16", 12, Edge)
        .circle(194, 304, 15, Accent);
    if c.pick(2) == 0 {
        c.rect([60, 200, 50, 44], 8, Accent);
    }
}

/// A parcel: any other product.
pub(super) fn parcel(c: &mut Canvas) {
    c.shadow(140);
    c.path("M200 96l122 54v118l-122 56-122-56V150z", Body)
        .path("M200 206l122-56v118l-122 56z", Side)
        .path("M200 96l122 54-122 56-122-56z", Light);
    c.path("M132 126l122 56v40l-26 12v-42L106 138z", Accent);
    if c.pick(2) == 0 {
        c.rect([100, 250, 40, 9], 4, Paper);
    }
}
