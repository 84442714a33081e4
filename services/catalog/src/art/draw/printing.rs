//! Printing.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Printer => printer,
        K::Multifunction => multifunction,
        K::Plotter => plotter,
        K::LabelPrinter => label_printer,
        K::Scanner => scanner,
        K::PaperTray => tray,
        K::Toner => toner,
        K::Ink => ink,
        K::Drum => drum,
        K::Ribbon => ribbon,
        K::Paper => paper,
        K::LabelTape => label_tape,
        _ => return None,
    })
}

fn printer(c: &mut Canvas) {
    c.shadow(150);
    c.path("M122 148V70h156v78z", Paper)
        .line("M146 96h90M146 116h60", 5, Metal)
        .path("M74 176q0-32 32-32h188q32 0 32 32v22H74z", Light);
    c.rect([66, 186, 268, 122], 20, Body)
        .rect([66, 268, 268, 40], 18, Side)
        .rect([110, 226, 180, 14], 7, Ink)
        .path("M124 234h152l14 62H110z", Paper);
    c.rect([132, 262, 90, 10], 5, Accent)
        .rect([132, 280, 60, 7], 3, Metal)
        .circle(306, 208, 7, Accent);
    if c.pick(2) == 0 {
        c.rect([88, 202, 60, 12], 6, Edge);
    }
}

fn multifunction(c: &mut Canvas) {
    c.shadow(150);
    c.path("M84 118l14-30h204l14 30z", Light)
        .rect([72, 116, 256, 40], 12, Side)
        .rect([66, 150, 268, 168], 16, Body)
        .rect([66, 262, 268, 56], 14, Side);
    c.rect([236, 166, 76, 44], 6, Glass)
        .rect([246, 178, 34, 8], 3, Accent)
        .rect([92, 196, 122, 12], 6, Ink)
        .path("M100 204h106l8 44H92z", Paper);
    c.rect([104, 224, 66, 7], 3, Accent)
        .rect([92, 280, 216, 24], 6, Edge)
        .rect([176, 288, 48, 8], 4, Light);
    if c.pick(2) == 0 {
        c.dashes("M240 228h70", 12, [12, 8], Edge);
    }
}

fn plotter(c: &mut Canvas) {
    c.shadow(180);
    c.line(
        "M86 214v104M314 214v104M60 320h56M284 320h56M86 276h228",
        13,
        Edge,
    )
    .rect([34, 124, 332, 92], 26, Body)
    .path("M34 176h332v14q0 26-26 26H60q-26 0-26-26z", Side);
    c.rect([76, 140, 210, 26], 6, Glass)
        .rect([302, 138, 44, 30], 5, Ink)
        .rect([310, 146, 20, 6], 2, Accent);
    c.path("M92 196h216v96q-108 34-216 0z", Paper)
        .path("M120 270l40-46 34 26 46-40 40 50v18q-80 16-160-4z", Accent);
    if c.pick(2) == 0 {
        c.circle(66, 170, 8, Accent);
    }
}

fn label_printer(c: &mut Canvas) {
    c.shadow(120);
    c.path("M148 108h104v-54q-52-12-104 0z", Paper)
        .dashes("M164 80h72", 24, [4, 4], Ink)
        .rect([100, 104, 200, 214], 28, Body)
        .path("M100 240h200v50q0 28-28 28H128q-28 0-28-28z", Side);
    c.rect([140, 104, 120, 12], 6, Ink);
    if c.pick(2) == 0 {
        c.rect([134, 140, 132, 44], 6, Glass)
            .rect([146, 156, 60, 8], 4, Accent)
            .dashes("M138 212h128M138 234h128", 13, [14, 7], Light);
    } else {
        c.rect([134, 144, 132, 84], 14, Glass)
            .circle(200, 272, 15, Edge)
            .circle(200, 272, 7, Accent);
    }
}

fn scanner(c: &mut Canvas) {
    c.shadow(170);
    c.path("M50 240l20-130q2-12 16-12h228q14 0 16 12l20 130z", Side)
        .path("M72 226l16-108h224l16 108z", Glass)
        .path("M82 170h236l2 12H80z", Accent);
    c.path("M118 208l10-76h144l10 76z", Paper)
        .line("M146 152h96M144 170h80M142 188h104", 4, Metal);
    c.rect([40, 238, 320, 70], 18, Body)
        .rect([40, 278, 320, 30], 14, Side)
        .circle(318, 258, 9, Accent);
    if c.pick(2) == 0 {
        c.dashes("M70 258h80", 11, [14, 9], Edge);
    }
}

fn tray(c: &mut Canvas) {
    c.shadow(170);
    c.path("M66 220l40-104h188l40 104z", Side)
        .path("M96 210l34-84h140l34 84z", Paper)
        .line("M134 150h120M126 172h140", 4, Metal);
    c.rect([48, 216, 304, 92], 14, Body)
        .rect([48, 272, 304, 36], 12, Side)
        .rect([148, 236, 104, 24], 10, Edge);
    if c.pick(2) == 0 {
        c.rect([76, 238, 40, 16], 4, Paper);
    }
}

fn toner(c: &mut Canvas) {
    c.shadow(180);
    c.path(
        "M40 190q0-34 34-34h246q40 0 40 40v22q0 20-20 20H60q-20 0-20-20z",
        Body,
    )
    .path("M40 214h320v4q0 20-20 20H60q-20 0-20-20z", Side);
    c.rect([62, 232, 276, 44], 20, Ink)
        .rect([62, 236, 276, 14], 7, Metal)
        .rect([30, 200, 24, 76], 8, Edge)
        .rect([346, 200, 24, 76], 8, Edge);
    c.rect([96, 174, 150, 26], 4, Paper)
        .rect([108, 184, 70, 6], 3, Ink)
        .rect([200, 174, 46, 26], 4, Accent)
        .line("M270 156q20-34 50 0", 9, Edge);
    if c.pick(2) == 0 {
        c.circle(304, 192, 10, Edge);
    }
}

fn ink(c: &mut Canvas) {
    c.shadow(110);
    c.path(
        "M126 90q0-14 14-14h108q26 0 26 26v200q0 16-16 16H142q-16 0-16-16z",
        Body,
    )
    .rect([126, 250, 148, 68], 14, Side);
    c.rect([144, 112, 112, 120], 8, Paper)
        .path("M200 130q34 40 34 60a34 32 0 0 1-68 0q0-20 34-60z", Accent)
        .path("M184 178q-8 20 10 32", Gleam);
    c.rect([160, 64, 34, 14], 4, Edge)
        .dashes("M146 290h110", 20, [9, 6], Metal);
    if c.pick(2) == 0 {
        c.path("M274 130h22q10 0 10 10v40l-32 20z", Side);
    }
}

fn drum(c: &mut Canvas) {
    c.shadow(180);
    c.rect([58, 150, 284, 86], 42, Metal)
        .rect([58, 158, 284, 24], 12, Gleam)
        .rect([58, 206, 284, 30], 15, Accent)
        .rect([58, 206, 284, 30], 15, Shade);
    c.path(
        "M34 130h44v150H34q-10 0-10-10V140q0-10 10-10zM322 130h44q10 0 10 10v130q0 10-10 10h-44z",
        Body,
    )
    .circle(51, 194, 15, Edge)
    .circle(349, 194, 15, Edge);
    c.path("M60 236h280l-16 46H76z", Side)
        .rect([140, 250, 120, 14], 7, Light);
    if c.pick(2) == 0 {
        c.dashes("M36 260h28M336 260h28", 10, [4, 4], Ink);
    }
}

fn ribbon(c: &mut Canvas) {
    c.shadow(170);
    c.rect([44, 140, 312, 120], 18, Body)
        .rect([44, 210, 312, 50], 16, Side)
        .circle(120, 194, 34, Edge)
        .circle(280, 194, 34, Edge)
        .circle(120, 194, 14, Light)
        .circle(280, 194, 14, Light);
    c.path("M60 260h280l-20 34H80z", Edge)
        .line("M92 286h216", 9, Ink)
        .rect([170, 166, 60, 26], 4, Paper)
        .rect([180, 175, 34, 6], 3, Accent);
    if c.pick(2) == 0 {
        c.dashes("M180 226h44", 10, [5, 5], Edge);
    }
}

fn paper(c: &mut Canvas) {
    if c.pick(2) == 0 {
        c.shadow(140);
        c.path("M92 290l34-196h176l-28 196z", Metal)
            .path("M92 296l26-190h176l-20 190z", Paper)
            .path("M86 312l18-194h176l-10 194z", Paper)
            .path("M86 312l18-194h176l-2 30-172 6-14 158z", Shade);
        c.path("M112 284l52-76 40 40 30-34 34 70z", Accent)
            .circle(232, 180, 17, Accent);
    } else {
        c.shadow(170);
        c.path("M70 150h240v120q-110 70-240 40z", Paper)
            .path("M70 230q130 10 240-40v80q-110 70-240 40z", Shade)
            .rect([54, 118, 292, 66], 33, Paper)
            .rect([54, 150, 292, 34], 17, Shade);
        c.ellipse([332, 151, 18, 32], Metal)
            .ellipse([332, 151, 8, 14], Side)
            .rect([120, 118, 44, 66], 0, Accent);
    }
}

fn label_tape(c: &mut Canvas) {
    c.shadow(140);
    c.path(
        "M88 110q0-14 14-14h196q14 0 14 14v150q0 16-16 16H104q-16 0-16-16z",
        Body,
    )
    .rect([88, 226, 224, 50], 16, Side);
    c.circle(160, 176, 42, Edge)
        .circle(160, 176, 34, Paper)
        .circle(160, 176, 13, Ink)
        .circle(252, 196, 22, Edge)
        .circle(252, 196, 9, Light);
    c.path("M312 214h40v46q-20-10-40 0z", Accent)
        .rect([220, 112, 76, 30], 4, Paper)
        .rect([230, 122, 40, 8], 4, Accent);
    if c.pick(2) == 0 {
        c.path("M110 276h96v30q-48 20-96 0z", Paper);
    }
}
