//! Office.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Ink, Light, Metal, Paper, Picture, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Labels => labels,
        K::Calculator => calculator,
        K::Shredder => shredder,
        K::DeskBox => desk_box,
        K::Chair => chair,
        K::Software => software,
        K::Shield => shield,
        _ => return None,
    })
}

fn labels(c: &mut Canvas) {
    c.shadow(140);
    c.path("M98 296l26-200h180l-22 214H108z", Metal)
        .rect([96, 84, 190, 232], 6, Paper);
    let fill = [Accent, Body, Light][usize::try_from(c.pick(3)).unwrap_or(0)];
    c.dashes(
        "M110 122h164M110 176h164M110 230h164M110 284h164",
        40,
        [76, 12],
        fill,
    );
    c.path("M198 264h76v40q-50 4-76-40z", Shade)
        .path("M198 264q20 50 76 40l-60 22z", Paper);
}

fn calculator(c: &mut Canvas) {
    c.shadow(110);
    c.rect([112, 60, 176, 262], 20, Edge)
        .rect([112, 58, 176, 258], 20, Body)
        .rect([132, 80, 136, 58], 6, Ink)
        .rect([137, 85, 126, 48], 4, Light)
        .dashes("M204 110h52", 24, [10, 5], Ink);
    c.dashes(
        "M136 166h134M136 200h134M136 234h134M136 268h134",
        22,
        [26, 10],
        Side,
    );
    c.rect([244, 257, 26, 42], 4, Accent);
    if c.pick(2) == 0 {
        c.rect([136, 64, 60, 9], 3, Glass);
    }
}

fn shredder(c: &mut Canvas) {
    c.shadow(110);
    c.path("M150 76h100v62H150z", Paper)
        .line("M168 96h62M168 114h44", 4, Metal)
        .path("M96 128h208q12 0 12 12v34H84v-34q0-12 12-12z", Body)
        .rect([130, 136, 140, 12], 6, Ink);
    c.path("M92 174h216l-14 138q-2 10-12 10H118q-10 0-12-10z", Side)
        .rect([134, 206, 132, 88], 8, Glass);
    c.dashes("M140 256h120", 70, [5, 6], Paper)
        .circle(292, 152, 6, Accent);
    if c.pick(2) == 0 {
        c.rect([104, 150, 18, 8], 4, Edge);
    }
}

fn desk_box(c: &mut Canvas) {
    c.shadow(150);
    c.path("M76 164l28-44h192l28 44z", Light)
        .rect([70, 160, 260, 158], 14, Body)
        .rect([70, 250, 260, 68], 12, Side)
        .rect([160, 184, 80, 24], 12, Edge);
    c.rect([160, 264, 80, 24], 12, Edge);
    if c.pick(2) == 0 {
        c.path("M100 120l-14-60 14-6 18 66zM140 120V56h14v64z", Accent)
            .path("M180 120l10-70 14 2-8 68z", Metal);
    } else {
        c.path("M116 120V78h160v42z", Paper);
    }
}

fn chair(c: &mut Canvas) {
    c.shadow(120);
    c.line(
        "M200 240v44M200 284l-70 30M200 284l70 30M200 284v34",
        12,
        Metal,
    )
    .circle(130, 316, 9, Ink)
    .circle(270, 316, 9, Ink)
    .circle(200, 320, 9, Ink);
    c.rect([134, 56, 132, 138], 34, Body)
        .path("M134 140h132v20q0 34-34 34h-64q-34 0-34-34z", Side)
        .rect([120, 198, 160, 46], 22, Edge)
        .rect([120, 194, 160, 42], 20, Body);
    c.line("M112 214v-50h-10M288 214v-50h10", 11, Edge)
        .rect([158, 160, 84, 12], 6, Accent);
    if c.pick(2) == 0 {
        c.rect([164, 70, 72, 26], 13, Light);
    }
}

fn software(c: &mut Canvas) {
    c.shadow(110);
    c.path("M98 96l34-22v226l-34 20z", Edge)
        .rect([130, 74, 172, 240], 8, Body)
        .rect([146, 92, 140, 140], 6, Picture);
    c.rect([146, 248, 92, 14], 7, Light)
        .rect([146, 274, 60, 10], 5, Light);
    match c.pick(3) {
        0 => c.path("M186 132l-28 30 28 30M246 132l28 30-28 30z", Paper),
        1 => c
            .circle(216, 162, 34, Paper)
            .path("M206 146l28 16-28 16z", Accent),
        _ => c.dashes("M166 150h100M166 174h100", 18, [40, 12], Paper),
    };
}

fn shield(c: &mut Canvas) {
    c.shadow(100);
    c.path(
        "M200 58q48 36 100 36v86q0 94-100 142-100-48-100-142V94q52 0 100-36z",
        Body,
    )
    .path("M200 58q48 36 100 36v86q0 94-100 142z", Side);
    if c.pick(2) == 0 {
        c.circle(200, 184, 58, Paper)
            .line("M174 186l20 20 36-42", 15, Accent);
    } else {
        c.line("M160 186l30 30 54-62", 21, Paper);
    }
}
