//! Things on and around a desk.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Picture, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Keyboard => keyboard,
        K::Mouse => mouse,
        K::MousePad => mouse_pad,
        K::Stylus => stylus,
        K::Webcam => webcam,
        K::Dock => dock,
        K::Hub => hub,
        K::LaptopStand => laptop_stand,
        K::Lock => lock,
        K::Spray => spray,
        K::Bag => bag,
        _ => return None,
    })
}

fn keyboard(c: &mut Canvas) {
    c.shadow_at(200, 284, 190);
    c.path(
        "M30 270l20-128q2-12 14-12h272q12 0 14 12l20 128q0 12-12 12H42q-12 0-12-12z",
        Side,
    );
    c.path(
        "M30 264l20-126q2-12 14-12h272q12 0 14 12l20 126q0 12-12 12H42q-12 0-12-12z",
        Body,
    );
    let keys = if c.pick(2) == 0 { Light } else { Ink };
    c.dashes("M66 154h272", 20, [18, 5], keys)
        .dashes("M60 182h282", 20, [19, 5], keys)
        .dashes("M56 210h292", 20, [20, 5], keys);
    c.dashes("M50 242h68M288 242h70", 22, [24, 6], keys)
        .rect([128, 231, 146, 22], 4, keys)
        .rect([62, 145, 18, 19], 2, Accent);
}

fn mouse(c: &mut Canvas) {
    c.shadow(100);
    c.path(
        "M200 70q86 0 92 112v46q0 92-92 92t-92-92v-46q6-112 92-112z",
        Body,
    );
    c.path("M200 70q86 0 92 112v6H200z", Gleam)
        .path("M108 230q0 90 92 90t92-90q-20 46-92 46t-92-46z", Side);
    c.line("M200 72v92M108 186q92-24 184 0", 4, Edge)
        .rect([187, 100, 26, 54], 13, Edge)
        .rect([193, 108, 14, 38], 7, Accent);
    if c.pick(2) == 0 {
        c.line("M200 70q0-40 50-40h60", 7, Ink);
    }
}

fn mouse_pad(c: &mut Canvas) {
    c.shadow(170);
    c.path(
        "M40 288l44-138q4-12 18-12h196q14 0 18 12l44 138q4 18-16 18H56q-20 0-16-18z",
        Side,
    );
    c.path(
        "M40 280l44-136q4-12 18-12h196q14 0 18 12l44 136q4 18-16 18H56q-20 0-16-18z",
        Body,
    );
    match c.pick(3) {
        0 => c.path(
            "M40 280l44-136q4-12 18-12h60L90 298H56q-20 0-16-18z",
            Accent,
        ),
        1 => c.line("M70 268l36-110h188l36 110z", 4, Light),
        _ => c.path("M52 246h296l12 34q4 18-16 18H56q-20 0-16-18z", Side),
    };
    c.ellipse([236, 214, 34, 46], Edge)
        .ellipse([236, 208, 32, 44], Ink)
        .rect([232, 178, 8, 20], 4, Metal);
}

fn stylus(c: &mut Canvas) {
    c.shadow(160);
    c.path(
        "M56 286l40-150q4-12 16-12h200q14 0 16 12l28 150q2 16-16 16H72q-18 0-16-16z",
        Edge,
    );
    let screen = if c.pick(2) == 0 { Glass } else { Picture };
    c.path("M84 270l30-118h190l22 118z", screen)
        .line("M130 250q40-60 70-20t70-40", 5, Accent);
    c.path("M318 60l22 16-108 152-24 12 2-28z", Body)
        .path("M318 60l10 8-116 158-4 14 2-28z", Light)
        .path("M220 226l-12 14 2-16z", Ink);
}

fn webcam(c: &mut Canvas) {
    c.shadow(110);
    c.path("M176 226h48l18 70h-84z", Side)
        .rect([124, 292, 152, 28], 14, Edge)
        .rect([92, 104, 216, 132], 60, Body);
    c.path("M92 180h216q-6 56-60 56h-96q-54 0-60-56z", Side)
        .circle(200, 168, 52, Ink)
        .circle(200, 168, 40, Glass)
        .circle(186, 152, 12, Gleam);
    c.circle(276, 150, 6, Accent)
        .dashes("M116 168h24", 26, [4, 5], Edge);
    if c.pick(2) == 0 {
        c.circle(200, 168, 18, Ink);
    }
}

fn dock(c: &mut Canvas) {
    c.shadow(160);
    c.path("M50 234l30-50h240l30 50z", Light)
        .rect([50, 230, 300, 84], 14, Body)
        .rect([50, 286, 300, 28], 12, Side);
    c.rect([76, 250, 34, 16], 4, Ink)
        .rect([122, 250, 34, 16], 4, Ink)
        .rect([168, 252, 24, 12], 6, Ink)
        .rect([204, 248, 46, 20], 3, Ink);
    c.circle(276, 258, 9, Ink).circle(316, 258, 8, Accent);
    if c.pick(2) == 0 {
        c.path("M110 184l14-80q2-10 12-10h128q10 0 12 10l14 80z", Edge)
            .path("M126 176l10-66h128l10 66z", Picture);
    } else {
        c.rect([150, 196, 100, 12], 6, Side);
    }
}

fn hub(c: &mut Canvas) {
    c.shadow_at(210, 290, 150);
    c.line("M120 200H84q-40 0-40-40V96", 12, Ink)
        .rect([28, 60, 32, 46], 6, Metal)
        .rect([110, 150, 246, 104], 22, Body);
    c.path("M110 206h246v26q0 22-22 22H132q-22 0-22-22z", Side);
    let ports = 3 + c.pick(2);
    for port in 0..ports {
        let x = 138 + port * (200 / ports);
        c.rect([x, 212, 34, 18], 4, Ink)
            .rect([x + 6, 219, 22, 5], 1, Accent);
    }
    c.circle(326, 176, 6, Accent);
}

fn laptop_stand(c: &mut Canvas) {
    c.shadow(160);
    c.path(
        "M96 316l60-110 30 8-54 102zM304 316l-60-110-30 8 54 102z",
        Side,
    )
    .rect([80, 308, 240, 14], 7, Body);
    c.path("M70 214l20-10h220l20 10v14H70z", Body)
        .path("M108 204l12-112q2-10 12-10h136q10 0 12 10l12 112z", Edge)
        .path("M122 194l8-98h140l8 98z", Picture);
    if c.pick(2) == 0 {
        c.dashes("M120 262h160", 6, [10, 8], Light);
    }
}

fn lock(c: &mut Canvas) {
    c.shadow(110);
    c.line("M150 176v-36q0-56 50-56t50 56v36", 26, Metal)
        .rect([108, 168, 184, 150], 26, Body)
        .path("M108 250h184v42q0 26-26 26H134q-26 0-26-26z", Side);
    if c.pick(2) == 0 {
        c.circle(200, 230, 20, Ink)
            .path("M190 236h20l8 42h-36z", Ink);
    } else {
        c.rect([136, 212, 128, 50], 10, Ink)
            .dashes("M150 237h104", 34, [22, 5], Metal);
    }
}

fn spray(c: &mut Canvas) {
    c.shadow(110);
    c.path("M150 66h78l22 22-22 12h-20v28h-40v-28l-30 18-12-12z", Edge)
        .rect([132, 128, 112, 192], 30, Body);
    c.rect([146, 184, 84, 96], 12, Paper)
        .circle(188, 222, 20, Accent)
        .rect([162, 254, 52, 9], 4, Side);
    c.path("M270 250l60 20-16 50-66-8z", Light);
    if c.pick(2) == 0 {
        c.line("M272 66l26-12M272 82h30M268 98l26 14", 5, Accent);
    }
}

fn bag(c: &mut Canvas) {
    c.shadow(150);
    if c.pick(2) == 0 {
        c.line("M160 120q0-46 40-46t40 46", 14, Edge).path(
            "M64 142q0-26 26-26h220q26 0 26 26v152q0 26-26 26H90q-26 0-26-26z",
            Body,
        );
        c.path("M64 228h272v66q0 26-26 26H90q-26 0-26-26z", Side)
            .line("M64 228h272", 4, Edge)
            .rect([176, 216, 48, 26], 8, Metal);
        c.line("M96 136h208", 4, Light)
            .rect([96, 254, 80, 10], 5, Light);
    } else {
        c.line("M170 90q0-34 30-34t30 34", 12, Edge).path(
            "M110 150q0-76 90-76t90 76v144q0 26-26 26H136q-26 0-26-26z",
            Body,
        );
        c.rect([96, 190, 26, 110], 12, Side)
            .rect([278, 190, 26, 110], 12, Side)
            .rect([138, 200, 124, 100], 18, Side);
        c.line("M138 224h124M150 140q50-20 100 0", 4, Light)
            .rect([194, 222, 12, 28], 6, Accent);
    }
}
