//! Sound.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Picture, Shade, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Headphones => headphones,
        K::Headset => headset,
        K::Speaker => speaker,
        K::Soundbar => soundbar,
        K::HiFi => hi_fi,
        K::Radio => radio,
        K::Microphone => microphone,
        _ => return None,
    })
}

fn headphones(c: &mut Canvas) {
    if c.pick(4) == 0 {
        return earbuds(c);
    }
    c.shadow(120);
    c.line("M104 226v-22q0-112 96-112t96 112v22", 30, Edge)
        .line("M104 222v-20q0-110 96-110t96 110v20", 20, Body);
    c.line("M150 102q50-22 100 0", 10, Light);
    c.rect([128, 200, 34, 108], 17, Ink)
        .rect([238, 200, 34, 108], 17, Ink);
    c.rect([74, 198, 66, 114], 32, Side)
        .rect([260, 198, 66, 114], 32, Side)
        .rect([74, 196, 58, 110], 29, Body)
        .rect([268, 196, 58, 110], 29, Body);
    c.rect([92, 222, 20, 58], 10, Light)
        .rect([288, 222, 20, 58], 10, Accent);
}

fn earbuds(c: &mut Canvas) {
    c.shadow(120);
    c.rect([104, 196, 192, 122], 56, Edge)
        .rect([104, 190, 192, 122], 56, Body)
        .line("M106 240h188", 4, Edge)
        .circle(200, 272, 6, Accent);
    for [x, flip] in [[150, -1], [250, 1]] {
        c.ellipse([x, 122, 30, 32], Light)
            .ellipse([x + 8 * flip, 116, 12, 16], Ink);
        c.path(&format!("M{} 132h24v70q0 12-12 12t-12-12z", x - 12), Light)
            .rect([x - 5, 190, 10, 16], 4, Metal);
    }
}

fn headset(c: &mut Canvas) {
    c.shadow(120);
    c.line("M108 214v-14q0-104 92-104t92 104v14", 24, Edge)
        .line("M108 210v-12q0-102 92-102t92 102v12", 15, Body);
    c.rect([128, 186, 32, 100], 16, Ink)
        .rect([240, 186, 32, 100], 16, Ink)
        .rect([76, 188, 62, 98], 28, Body)
        .rect([262, 188, 62, 98], 28, Body);
    c.line("M110 280q0 46 70 42", 10, Side)
        .rect([172, 308, 54, 24], 12, Ink);
    if c.pick(2) == 0 {
        c.circle(107, 236, 16, Accent).circle(293, 236, 16, Accent);
    } else {
        c.rect([98, 212, 18, 48], 9, Accent)
            .rect([284, 212, 18, 48], 9, Accent);
    }
}

fn speaker(c: &mut Canvas) {
    match c.pick(3) {
        0 => {
            c.shadow(100);
            c.rect([120, 58, 160, 264], 20, Edge)
                .rect([120, 56, 160, 262], 20, Body)
                .circle(200, 120, 36, Ink)
                .circle(200, 120, 22, Metal);
            c.circle(200, 232, 62, Ink)
                .circle(200, 232, 52, Glass)
                .circle(200, 232, 22, Side)
                .circle(182, 212, 12, Gleam);
        }
        1 => {
            c.shadow(160);
            c.rect([54, 130, 292, 188], 86, Edge)
                .rect([54, 126, 292, 186], 86, Body)
                .dashes("M92 219h216", 128, [5, 7], Shade);
            c.circle(86, 219, 26, Light)
                .circle(314, 219, 26, Light)
                .rect([160, 206, 80, 26], 13, Accent);
        }
        _ => {
            c.shadow(110);
            c.path("M106 130q0-56 94-56t94 56v140q0 50-94 50t-94-50z", Body)
                .dashes("M106 214h188", 160, [4, 6], Shade);
            c.ellipse([200, 112, 84, 32], Side)
                .ellipse([200, 112, 58, 20], Edge)
                .ellipse([200, 112, 26, 8], Accent);
        }
    }
}

fn soundbar(c: &mut Canvas) {
    c.shadow(190);
    c.path("M20 262l16-26h328l16 26z", Light)
        .rect([16, 258, 368, 58], 18, Body)
        .dashes("M34 288h250", 34, [4, 5], Shade)
        .rect([300, 276, 60, 22], 6, Glass);
    c.circle(348, 287, 4, Accent);
    if c.pick(2) == 0 {
        c.rect([150, 84, 100, 140], 12, Side)
            .circle(200, 164, 36, Ink)
            .circle(200, 164, 16, Metal);
    } else {
        c.rect([70, 76, 260, 150], 6, Ink)
            .rect([76, 82, 248, 136], 3, Picture)
            .path("M76 190q70-60 124-14t124-20v62H76z", Gleam);
    }
}

fn hi_fi(c: &mut Canvas) {
    c.shadow(180);
    for x in [34, 276] {
        c.rect([x, 112, 90, 206], 10, Side)
            .circle(x + 45, 164, 22, Ink)
            .circle(x + 45, 164, 10, Metal)
            .circle(x + 45, 246, 34, Ink)
            .circle(x + 45, 246, 18, Metal);
    }
    c.rect([136, 150, 128, 168], 12, Body)
        .rect([152, 168, 96, 40], 6, Glass)
        .rect([164, 182, 44, 10], 4, Accent);
    c.circle(200, 254, 30, Edge)
        .circle(200, 254, 24, Light)
        .rect([150, 296, 100, 8], 4, Edge);
    if c.pick(2) == 0 {
        c.line("M200 254v-18", 5, Accent);
    }
}

fn radio(c: &mut Canvas) {
    c.shadow(160);
    c.line("M292 140l46-70", 7, Metal)
        .line("M110 136q0-40 44-40h92q44 0 44 40", 12, Edge)
        .rect([56, 134, 288, 184], 28, Body);
    c.path("M56 262h288v28q0 28-28 28H84q-28 0-28-28z", Side)
        .circle(132, 228, 58, Edge)
        .dashes("M82 228h100", 96, [5, 6], Ink);
    c.rect([214, 162, 106, 52], 8, Glass);
    if c.pick(2) == 0 {
        c.dashes("M226 188h80", 22, [14, 7], Accent);
    } else {
        c.line("M228 188h76M262 176v24", 4, Accent);
    }
    c.circle(238, 256, 20, Light)
        .circle(296, 256, 20, Light)
        .line("M238 256v-12M296 256l8-8", 4, Edge);
}

fn microphone(c: &mut Canvas) {
    c.shadow(100);
    c.rect([186, 246, 28, 60], 0, Metal)
        .rect([128, 300, 144, 22], 11, Edge)
        .line("M132 160v30q0 62 68 62t68-62v-30", 12, Side);
    c.rect([150, 60, 100, 172], 50, Body)
        .path("M150 146h100v36q0 50-50 50t-50-50z", Side);
    c.dashes("M162 84h76M156 104h88M156 124h88", 6, [6, 5], Ink)
        .rect([150, 142, 100, 10], 0, Accent);
    if c.pick(2) == 0 {
        c.circle(200, 190, 9, Light);
    }
}
