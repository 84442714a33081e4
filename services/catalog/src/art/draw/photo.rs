//! Photography.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Picture, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Camera => camera,
        K::Lens => lens,
        K::LensFilter => filter,
        K::Camcorder => camcorder,
        K::Drone => drone,
        K::Tripod => tripod,
        K::Flash => flash,
        K::SecurityCamera => security,
        K::Binoculars => binoculars,
        _ => return None,
    })
}

fn camera(c: &mut Canvas) {
    c.shadow(160);
    c.path("M138 130l22-42q4-8 14-8h52q10 0 14 8l22 42z", Side)
        .rect([52, 122, 296, 190], 28, Body)
        .rect([52, 168, 296, 96], 0, Edge);
    c.rect([76, 106, 48, 20], 8, Metal)
        .rect([282, 110, 40, 16], 8, Accent)
        .circle(206, 216, 82, Side)
        .circle(206, 216, 72, Ink)
        .circle(206, 216, 56, Edge)
        .circle(206, 216, 46, Glass);
    c.circle(188, 196, 15, Gleam)
        .circle(224, 236, 7, Gleam)
        .rect([176, 94, 48, 22], 5, Glass);
    if c.pick(2) == 0 {
        c.rect([76, 182, 30, 70], 12, Ink);
    }
    c.circle(318, 146, 7, Accent);
}

fn lens(c: &mut Canvas) {
    c.shadow(110);
    let reach = c.pick(3) * 16;
    c.rect([116, 118 - reach, 168, 204 + reach], 16, Body)
        .rect([106, 250, 188, 50], 12, Side)
        .dashes("M112 275h178", 38, [7, 5], Ink);
    c.dashes(&format!("M122 {}h158", 178 - reach / 2), 28, [5, 5], Ink)
        .rect([116, 216, 168, 6], 0, Accent);
    c.ellipse([200, 116 - reach, 96, 36], Edge)
        .ellipse([200, 114 - reach, 84, 29], Ink)
        .ellipse([200, 114 - reach, 66, 21], Glass)
        .ellipse([180, 108 - reach, 22, 6], Gleam);
}

fn filter(c: &mut Canvas) {
    c.shadow(120);
    c.circle(200, 194, 122, Edge)
        .circle(200, 190, 120, Body)
        .circle(200, 190, 102, Ink)
        .circle(200, 190, 95, Picture);
    c.path("M140 120q60-50 120 0L120 250q-30-70 20-130z", Gleam)
        .dashes("M200 79a111 111 0 1 1-1 0", 10, [3, 4], Side);
    if c.pick(2) == 0 {
        c.circle(286, 108, 8, Accent);
    }
}

fn camcorder(c: &mut Canvas) {
    c.shadow(160);
    if c.pick(2) == 0 {
        c.rect([96, 106, 208, 206], 30, Body)
            .rect([96, 250, 208, 62], 28, Side)
            .rect([116, 128, 112, 112], 26, Ink)
            .circle(172, 184, 44, Edge)
            .circle(172, 184, 34, Glass)
            .circle(160, 172, 10, Gleam);
        c.rect([240, 134, 48, 40], 6, Glass)
            .rect([130, 92, 50, 18], 8, Accent)
            .circle(264, 210, 9, Light);
    } else {
        c.path("M120 130h190q36 0 36 36v84q0 36-36 36H120z", Body)
            .path("M120 236h226v14q0 36-36 36H120z", Side)
            .rect([70, 142, 66, 132], 16, Ink)
            .ellipse([72, 208, 18, 52], Glass);
        c.path("M190 110l110-26v96l-110 20z", Edge)
            .path("M200 118l90-20v74l-90 18z", Picture)
            .circle(322, 180, 9, Accent)
            .rect([180, 286, 60, 20], 6, Ink);
    }
}

fn drone(c: &mut Canvas) {
    c.shadow_at(200, 330, 130);
    c.line(
        "M110 140l90 50M290 140l-90 50M110 250l90-50M290 250l-90-50",
        16,
        Side,
    );
    for [x, y] in [[96, 132], [304, 132], [96, 252], [304, 252]] {
        c.ellipse([x, y, 66, 13], Shade)
            .circle(x, y, 13, Edge)
            .circle(x, y, 6, Accent);
    }
    c.rect([142, 150, 116, 90], 36, Body)
        .path("M142 200h116q0 40-36 40h-44q-36 0-36-40z", Side)
        .rect([178, 164, 44, 10], 5, Light);
    c.rect([176, 228, 48, 44], 14, Ink)
        .circle(200, 252, 16, Glass)
        .circle(195, 247, 5, Gleam);
    if c.pick(2) == 0 {
        c.line("M152 246l-14 54h-20M248 246l14 54h20", 8, Edge);
    }
}

fn tripod(c: &mut Canvas) {
    c.shadow(140);
    c.line("M200 150l-92 168M200 150l92 168M200 150v166", 16, Side)
        .line("M200 150l-60 110M200 150l60 110M200 150v106", 20, Body);
    c.rect([178, 116, 44, 62], 10, Edge)
        .circle(200, 104, 22, Body)
        .rect([150, 70, 100, 18], 6, Ink)
        .rect([166, 58, 68, 14], 4, Metal);
    c.line("M222 108l54 40", 9, Ink);
    if c.pick(2) == 0 {
        c.circle(200, 146, 9, Accent);
    }
}

fn flash(c: &mut Canvas) {
    c.shadow(100);
    c.rect([142, 176, 116, 128], 14, Body)
        .rect([142, 250, 116, 54], 14, Side)
        .rect([170, 302, 60, 18], 4, Metal);
    c.path(
        "M118 82q0-16 16-16h132q16 0 16 16v74q0 20-20 20H138q-20 0-20-20z",
        Edge,
    )
    .rect([132, 82, 136, 70], 8, Paper)
    .dashes("M140 117h120", 60, [3, 7], Shade);
    c.circle(200, 270, 16, Edge)
        .circle(200, 270, 6, Accent)
        .rect([162, 196, 76, 38], 6, Glass);
    if c.pick(2) == 0 {
        c.path("M206 92l-22 30h14l-6 24 24-32h-14z", Accent);
    }
}

fn security(c: &mut Canvas) {
    c.shadow(110);
    if c.pick(2) == 0 {
        c.rect([112, 68, 176, 40], 16, Side)
            .path("M112 104h176v48q0 88-88 88t-88-88z", Body)
            .circle(200, 166, 58, Ink)
            .circle(200, 166, 44, Glass)
            .circle(186, 150, 12, Gleam);
        c.circle(200, 226, 5, Accent)
            .rect([176, 238, 48, 60], 0, Side)
            .rect([130, 296, 140, 24], 12, Edge);
    } else {
        c.line("M240 220v60h40", 20, Side)
            .rect([270, 236, 26, 88], 8, Edge)
            .path("M76 128l200-30q30-2 34 24l8 54q2 22-22 26L94 224z", Body)
            .path("M70 120l220-32 4 16-222 34z", Light);
        c.ellipse([90, 176, 26, 50], Ink)
            .ellipse([88, 176, 16, 34], Glass)
            .circle(84, 166, 6, Gleam)
            .circle(282, 150, 6, Accent);
    }
}

fn binoculars(c: &mut Canvas) {
    c.shadow(140);
    c.rect([176, 130, 48, 80], 8, Edge).path(
        "M104 90h66l14 120-8 76H80l-8-76zM230 90h66l32 120-8 76h-96l-8-76z",
        Body,
    );
    c.rect([106, 72, 62, 26], 10, Ink)
        .rect([232, 72, 62, 26], 10, Ink)
        .ellipse([128, 286, 52, 26], Ink)
        .ellipse([272, 286, 52, 26], Ink);
    c.ellipse([128, 284, 38, 17], Glass)
        .ellipse([272, 284, 38, 17], Glass)
        .ellipse([116, 280, 12, 5], Gleam)
        .circle(200, 150, 13, Light);
    if c.pick(2) == 0 {
        c.rect([90, 160, 84, 10], 5, Accent)
            .rect([226, 160, 84, 10], 5, Accent);
    }
}
