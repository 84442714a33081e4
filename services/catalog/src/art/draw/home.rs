//! Home.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::CoffeeMachine => coffee,
        K::Blender => blender,
        K::WashingMachine => washing,
        K::Vacuum => vacuum,
        K::Iron => iron,
        K::Shaver => shaver,
        K::Bulb => bulb,
        K::SmartHome => smart,
        K::Fan => fan,
        K::Bottle => bottle,
        _ => return None,
    })
}

fn coffee(c: &mut Canvas) {
    c.shadow(130);
    c.rect([110, 76, 180, 246], 22, Body)
        .rect([134, 156, 132, 120], 10, Ink)
        .rect([96, 290, 208, 32], 12, Side)
        .rect([176, 150, 48, 28], 6, Metal);
    c.path("M166 222h68v30q0 26-26 26h-16q-26 0-26-26z", Paper)
        .line("M234 232h16v22h-20", 6, Paper)
        .rect([190, 178, 6, 34], 3, Accent)
        .rect([204, 178, 6, 34], 3, Accent);
    c.circle(150, 112, 12, Light)
        .rect([178, 102, 84, 22], 6, Glass)
        .rect([186, 109, 30, 7], 3, Accent);
    if c.pick(2) == 0 {
        c.rect([230, 54, 44, 24], 6, Edge);
    }
}

fn blender(c: &mut Canvas) {
    c.shadow(100);
    c.rect([142, 64, 116, 20], 8, Edge)
        .path("M136 84h128l-14 138H150z", Light)
        .path("M142 140h116l-8 82H150z", Accent)
        .path("M150 84h24l8 138h-24z", Gleam)
        .line("M260 110h24v66l-28 10", 10, Edge);
    c.path("M142 222h116l22 86q2 14-12 14H132q-14 0-12-14z", Body)
        .path("M126 282h148l6 26q2 14-12 14H132q-14 0-12-14z", Side)
        .circle(200, 262, 21, Edge)
        .circle(200, 262, 15, Light);
    if c.pick(2) == 0 {
        c.line("M200 262v-11", 4, Accent);
    }
}

fn washing(c: &mut Canvas) {
    c.shadow(140);
    c.rect([88, 58, 224, 264], 12, Body)
        .rect([88, 58, 224, 50], 12, Light)
        .rect([88, 304, 224, 18], 6, Side)
        .rect([106, 74, 70, 20], 4, Side);
    c.circle(218, 84, 13, Edge)
        .rect([246, 74, 48, 20], 4, Glass)
        .circle(200, 208, 82, Edge)
        .circle(200, 208, 74, Metal)
        .circle(200, 208, 58, Glass);
    c.path("M146 216q28-24 54 0t54-2a58 58 0 0 1-108 18z", Accent)
        .circle(180, 184, 13, Gleam);
    if c.pick(2) == 0 {
        c.rect([254, 80, 20, 8], 2, Accent);
    }
}

fn vacuum(c: &mut Canvas) {
    c.shadow(150);
    if c.pick(2) == 0 {
        c.ellipse([200, 240, 142, 70], Edge)
            .ellipse([200, 226, 142, 70], Body)
            .ellipse([200, 218, 104, 48], Light)
            .ellipse([200, 214, 40, 18], Edge)
            .ellipse([200, 212, 32, 14], Side)
            .circle(200, 268, 7, Accent);
        c.path("M92 260q108 60 216 0v14q-108 60-216 0z", Ink);
    } else {
        c.line("M292 70l-36 20-60 150", 15, Edge)
            .circle(130, 268, 48, Ink)
            .circle(130, 268, 26, Metal)
            .path(
                "M84 250q0-92 108-92t110 92v54q0 14-14 14H98q-14 0-14-14z",
                Body,
            );
        c.path("M90 284h212v20q0 14-14 14H104z", Side)
            .circle(258, 290, 30, Ink)
            .circle(258, 290, 15, Metal)
            .ellipse([190, 206, 52, 26], Accent)
            .path("M280 64l34 6-6 20-34-6z", Side);
    }
}

fn iron(c: &mut Canvas) {
    c.shadow(170);
    c.line("M290 200q40 0 40 50v20", 9, Ink)
        .path("M44 300q40-120 190-130h68q30 0 34 30l14 100z", Body)
        .path(
            "M200 174q-20 40-10 70h130l-8-52q-2-22-22-22h-56q-18 0-34 4z",
            Edge,
        )
        .path(
            "M216 186q-10 26-4 44h86l-6-34q-2-14-14-14h-40q-12 0-22 4z",
            Light,
        );
    c.path("M40 300h310q8 0 8 10t-8 12H44q-20 0-4-22z", Metal)
        .circle(150, 246, 19, Side)
        .circle(150, 246, 10, Accent);
    if c.pick(2) == 0 {
        c.dashes("M90 286h80", 6, [6, 8], Light);
    }
}

fn shaver(c: &mut Canvas) {
    c.shadow(80);
    if c.pick(2) == 0 {
        c.circle(164, 96, 36, Metal)
            .circle(236, 96, 36, Metal)
            .circle(200, 134, 36, Metal)
            .circle(164, 96, 19, Ink)
            .circle(236, 96, 19, Ink)
            .circle(200, 134, 19, Ink);
        c.path("M148 132h104l-10 166q-2 24-42 24t-42-24z", Body);
    } else {
        c.rect([150, 62, 100, 52], 14, Metal)
            .dashes("M160 84h80", 26, [3, 4], Ink)
            .path("M142 108h116l-14 190q-2 24-44 24t-44-24z", Body);
    }
    c.path("M176 176h48l-4 100q-20 14-40 0z", Side)
        .circle(200, 200, 13, Accent)
        .rect([192, 236, 16, 28], 8, Light);
}

fn bulb(c: &mut Canvas) {
    c.shadow(80);
    c.circle(200, 156, 100, Gleam)
        .path(
            "M200 66a84 84 0 0 1 84 84q0 44-34 74v22H150v-22q-34-30-34-74a84 84 0 0 1 84-84z",
            Paper,
        )
        .path(
            "M200 66a84 84 0 0 1 84 84q0 44-34 74v22h-30q70-80-20-180z",
            Shade,
        );
    c.line("M172 200l-8-42 20 14 16-22 16 22 20-14-8 42", 6, Accent)
        .rect([152, 244, 96, 26], 6, Body)
        .rect([158, 270, 84, 12], 5, Metal)
        .rect([162, 284, 76, 12], 5, Metal)
        .rect([172, 298, 56, 22], 10, Ink);
    if c.pick(2) == 0 {
        c.line("M88 92l-18-14M312 92l18-14M76 160H52M324 160h24", 7, Accent);
    }
}

fn smart(c: &mut Canvas) {
    c.shadow(120);
    c.path("M200 74l126 98v132q0 18-18 18H92q-18 0-18-18V172z", Body)
        .path("M74 172L200 74l126 98v34L200 110 74 206z", Side);
    c.line("M140 226q60-56 120 0M164 250q36-32 72 0", 13, Paper)
        .circle(200, 276, 12, Accent);
    if c.pick(2) == 0 {
        c.rect([262, 84, 30, 50], 4, Edge);
    }
}

fn fan(c: &mut Canvas) {
    c.shadow(100);
    c.rect([190, 250, 20, 54], 0, Metal)
        .rect([132, 300, 136, 22], 11, Side)
        .circle(200, 160, 104, Edge)
        .circle(200, 160, 96, Glass);
    c.path("M200 150q8-70 62-62-4 54-54 70zM208 164q60 36 26 80-44-28-40-72zM192 166q-64 28-84-22 48-24 86 8z", Body).circle(200, 160, 19, Light).line("M200 64v192M104 160h192M132 92l136 136M268 92L132 228", 3, Gleam);
    if c.pick(2) == 0 {
        c.circle(200, 311, 6, Accent);
    }
}

fn bottle(c: &mut Canvas) {
    c.shadow(80);
    c.path("M180 66q20-24 40 0l8 40h-56z", Accent)
        .rect([148, 100, 104, 38], 12, Body)
        .path("M146 138h108v150q0 34-34 34h-40q-34 0-34-34z", Paper)
        .path("M146 210h108v78q0 34-34 34h-40q-34 0-34-34z", Light);
    c.dashes("M162 168v120", 20, [4, 18], Side);
    if c.pick(2) == 0 {
        c.circle(214, 250, 19, Accent);
    } else {
        c.path("M214 234l16 22-16 14-16-14z", Accent);
    }
}
