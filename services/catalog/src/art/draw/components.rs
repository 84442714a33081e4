//! Parts of a computer.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Cpu => cpu,
        K::Motherboard => motherboard,
        K::Memory => memory,
        K::Gpu => gpu,
        K::Card => card,
        K::Psu => psu,
        K::Cooler => cooler,
        K::Parts => parts,
        _ => return None,
    })
}

fn cpu(c: &mut Canvas) {
    c.shadow_at(200, 330, 130);
    c.dashes("M104 94h192M104 306h192", 16, [8, 9], Metal)
        .dashes("M94 104v192M306 104v192", 16, [8, 9], Metal);
    c.rect([96, 96, 208, 208], 12, Accent)
        .rect([96, 96, 208, 208], 12, Shade);
    c.rect([124, 124, 152, 152], 14, Metal).path(
        "M138 124h124q14 0 14 14L138 276q-14 0-14-14V138q0-14 14-14z",
        Gleam,
    );
    c.rect([154, 178, 92, 12], 6, Shade)
        .rect([154, 202, 60, 10], 5, Shade)
        .path("M102 282l16 16h-16z", Paper);
    if c.pick(2) == 0 {
        c.rect([154, 222, 40, 10], 5, Shade);
    }
}

fn motherboard(c: &mut Canvas) {
    c.shadow_at(200, 338, 150);
    c.rect([64, 64, 272, 268], 10, Edge)
        .rect([68, 68, 264, 260], 8, Side);
    c.rect([140, 96, 88, 88], 6, Metal)
        .rect([158, 114, 52, 52], 4, Ink);
    c.dashes("M284 92v120", 44, [120, 1], Ink).dashes(
        "M264 92v120M278 92v120M292 92v120M306 92v120",
        5,
        [116, 4],
        Accent,
    );
    c.rect([100, 232, 150, 12], 4, Ink)
        .rect([100, 262, 190, 12], 4, Metal)
        .rect([100, 292, 120, 12], 4, Ink);
    c.rect([68, 84, 34, 110], 4, Metal)
        .rect([268, 240, 44, 44], 8, Body)
        .circle(300, 306, 10, Metal);
    c.line("M118 108v70M240 130h16v60", 3, Light);
    if c.pick(2) == 0 {
        c.rect([140, 72, 90, 16], 5, Body);
    }
}

fn memory(c: &mut Canvas) {
    c.shadow_at(200, 286, 170);
    if c.pick(2) == 0 {
        c.path("M48 150l20-22h264l20 22v86H48z", Body)
            .path("M48 150l20-22h264l20 22z", Light);
        c.path("M84 172h232l-24 44H108z", Side)
            .rect([176, 184, 48, 10], 5, Accent);
    } else {
        c.rect([48, 138, 304, 98], 6, Side)
            .dashes("M68 186h272", 62, [38, 10], Ink)
            .rect([150, 168, 100, 36], 3, Paper);
    }
    c.rect([48, 234, 304, 34], 0, Edge)
        .dashes("M58 258h126M200 258h144", 16, [7, 4], Accent)
        .rect([186, 246, 10, 24], 3, Paper);
}

fn gpu(c: &mut Canvas) {
    c.shadow(180);
    c.rect([40, 96, 14, 214], 4, Metal)
        .path("M54 126h280q18 0 18 18v104q0 16-16 16H54z", Body);
    c.path("M54 246h298v2q0 16-16 16H54z", Side)
        .rect([84, 264, 150, 14], 2, Accent);
    for x in [124, 212, 300] {
        if x < 300 || c.pick(3) > 0 {
            c.circle(x, 188, 42, Edge).circle(x, 188, 37, Glass);
            c.line(
                &format!("M{x} 188m-26-12l52 24M{x} 188m-12 26l24-52"),
                7,
                Shade,
            )
            .circle(x, 188, 11, Light);
        }
    }
}

fn card(c: &mut Canvas) {
    c.shadow(160);
    c.rect([60, 84, 14, 226], 4, Metal)
        .path("M74 120h262v122h-52v26H124v-26H74z", Side)
        .rect([124, 262, 150, 22], 0, Accent);
    c.rect([180, 146, 66, 66], 6, Ink)
        .rect([194, 160, 38, 38], 4, Body)
        .rect([268, 140, 48, 22], 4, Ink);
    c.rect([56, 140, 34, 30], 3, Metal)
        .rect([56, 184, 34, 30], 3, Metal)
        .line("M106 220h52v-30M258 200h56", 4, Light);
    for n in 0..=c.pick(3) {
        c.circle(120, 140 + n * 22, 8, Metal);
    }
}

fn psu(c: &mut Canvas) {
    c.shadow(150);
    c.path("M70 130l34-34h220l6 34z", Light)
        .rect([70, 130, 260, 188], 10, Body);
    c.circle(176, 224, 78, Edge).circle(176, 224, 72, Ink);
    c.line(
        "M176 152v144M104 224h144M125 173l102 102M227 173L125 275",
        3,
        Metal,
    )
    .circle(176, 224, 24, Side);
    c.rect([280, 150, 34, 30], 5, Ink)
        .rect([280, 196, 34, 44], 5, Ink)
        .rect([272, 270, 50, 28], 4, Accent);
}

fn cooler(c: &mut Canvas) {
    c.shadow(120);
    c.rect([92, 92, 216, 216], 26, Body)
        .circle(200, 200, 98, Edge)
        .circle(200, 200, 92, Glass);
    let blade = "M200 190q14-62 62-58-6 44-52 68zM210 200q62 14 58 62-44-6-68-52zM200 210q-14 62-62 58 6-44 52-68zM190 200q-62-14-58-62 44 6 68 52z";
    let paint = if c.pick(2) == 0 { Light } else { Accent };
    c.path(blade, paint)
        .circle(200, 200, 26, Side)
        .circle(200, 200, 16, Light);
    for [x, y] in [[110, 110], [290, 110], [110, 290], [290, 290]] {
        c.circle(x, y, 7, Ink);
    }
}

fn parts(c: &mut Canvas) {
    c.shadow(140);
    c.path("M96 120h120v60h60v130H96z", Body)
        .path("M96 250h180v60H96z", Side)
        .rect([120, 144, 72, 18], 9, Ink);
    c.circle(126, 280, 12, Ink)
        .circle(246, 280, 12, Ink)
        .circle(246, 210, 12, Ink);
    c.circle(290, 140, 30, Metal)
        .path("M274 132h32l8 14-14 20h-20l-14-20z", Shade)
        .circle(290, 142, 11, Edge);
    if c.pick(2) == 0 {
        c.rect([120, 186, 20, 44], 10, Ink);
    }
}
