//! Power.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Ups => ups,
        K::UpsBattery => ups_battery,
        K::PowerStrip => strip,
        K::Charger => charger,
        K::PowerBank => bank,
        K::DeviceBattery => device_battery,
        K::Battery => battery,
        _ => return None,
    })
}

fn ups(c: &mut Canvas) {
    c.shadow(120);
    c.path("M124 82l26-26h130l-10 26z", Light)
        .rect([116, 80, 168, 242], 14, Body)
        .rect([116, 252, 168, 70], 12, Side);
    c.rect([142, 108, 116, 62], 8, Glass)
        .rect([156, 124, 52, 10], 4, Accent)
        .rect([156, 144, 34, 8], 4, Paper)
        .circle(200, 206, 17, Edge)
        .circle(200, 206, 10, Accent);
    c.dashes("M140 286h122", 34, [5, 7], Edge);
    if c.pick(2) == 0 {
        c.rect([226, 124, 18, 28], 4, Accent);
    }
}

fn ups_battery(c: &mut Canvas) {
    c.shadow(150);
    c.path("M70 176l24-40h232l4 40z", Light)
        .rect([66, 174, 268, 144], 10, Body)
        .rect([66, 268, 268, 50], 8, Side);
    c.rect([104, 118, 40, 28], 5, Accent)
        .rect([256, 118, 40, 28], 5, Ink)
        .line("M112 132h24M124 120v24", 5, Paper)
        .line("M264 132h24", 5, Paper);
    c.rect([96, 200, 208, 46], 6, Paper)
        .rect([112, 214, 100, 8], 4, Side)
        .rect([112, 228, 60, 6], 3, Accent);
    if c.pick(2) == 0 {
        c.path("M276 206l-18 20h12l-4 16 20-22h-12z", Accent);
    }
}

fn strip(c: &mut Canvas) {
    c.shadow(180);
    c.line("M60 214q-40 0-40 40v60", 13, Ink)
        .path("M52 196l20-28h276l12 28z", Light)
        .rect([48, 194, 316, 92], 18, Body)
        .rect([48, 258, 316, 28], 14, Side);
    let sockets = 3 + c.pick(3);
    for n in 0..sockets {
        let x = 130 + n * (214 / sockets) + 107 / sockets - 10;
        c.circle(x, 228, 23, Edge)
            .circle(x, 228, 18, Light)
            .circle(x - 7, 228, 4, Ink)
            .circle(x + 7, 228, 4, Ink);
    }
    c.rect([70, 212, 40, 32], 7, Accent)
        .rect([80, 218, 20, 20], 4, Gleam);
}

fn charger(c: &mut Canvas) {
    c.shadow(130);
    if c.pick(2) == 0 {
        c.rect([148, 62, 14, 46], 4, Metal)
            .rect([238, 62, 14, 46], 4, Metal)
            .rect([110, 100, 180, 172], 34, Body)
            .path("M110 200h180v38q0 34-34 34H144q-34 0-34-34z", Side);
        c.rect([144, 222, 46, 18], 5, Ink)
            .rect([210, 222, 46, 18], 9, Ink)
            .path("M208 122l-30 42h20l-8 32 34-46h-22z", Accent)
            .line("M232 240v50q0 34 40 34h50", 9, Ink);
    } else {
        c.line("M110 230q-60 0-60-60V90M290 230q60 0 60-60v-60", 9, Ink)
            .rect([92, 176, 216, 132], 22, Body)
            .rect([92, 254, 216, 54], 20, Side)
            .circle(276, 204, 6, Accent);
        c.rect([116, 198, 90, 34], 5, Paper)
            .rect([126, 208, 54, 6], 3, Side)
            .rect([38, 60, 24, 40], 6, Metal)
            .rect([342, 70, 16, 44], 4, Metal);
    }
}

fn bank(c: &mut Canvas) {
    c.shadow(100);
    c.rect([118, 72, 164, 250], 32, Edge)
        .rect([118, 68, 164, 248], 32, Body)
        .path("M150 68h100q32 0 32 32L118 230V100q0-32 32-32z", Gleam);
    c.rect([146, 84, 42, 14], 4, Ink)
        .rect([204, 84, 42, 14], 7, Ink);
    let charge = 1 + c.pick(4);
    c.dashes("M164 282h76", 10, [12, 9], Side)
        .dashes(
            &format!("M164 282h{}", charge * 21 - 8),
            10,
            [12, 9],
            Accent,
        )
        .path("M208 150l-34 48h24l-10 38 40-54h-26z", Light);
}

fn device_battery(c: &mut Canvas) {
    c.shadow(170);
    c.path("M40 190l30-34h260l30 34z", Light)
        .rect([40, 188, 320, 96], 10, Body)
        .rect([40, 252, 320, 32], 8, Side);
    c.dashes("M70 216h90", 16, [8, 7], Accent)
        .rect([190, 206, 146, 34], 4, Paper)
        .rect([202, 216, 70, 6], 3, Side)
        .rect([202, 228, 44, 5], 2, Accent);
    let cells = 2 + c.pick(3);
    c.dashes(&format!("M70 268h{}", cells * 30), 10, [22, 8], Light);
}

fn battery(c: &mut Canvas) {
    c.shadow(130);
    if c.pick(3) == 0 {
        c.circle(160, 230, 82, Side)
            .circle(160, 222, 82, Metal)
            .circle(160, 222, 68, Gleam)
            .line("M140 222h40M160 202v40", 9, Edge);
        c.circle(274, 260, 54, Side)
            .circle(274, 254, 54, Metal)
            .circle(274, 254, 44, Gleam);
    } else {
        for [x, y] in [[92, 110], [168, 96], [244, 110]] {
            c.rect([x + 20, y - 16, 24, 20], 4, Metal)
                .rect([x, y, 64, 214], 10, Body)
                .rect([x, y, 64, 62], 10, Accent)
                .rect([x + 40, y, 14, 214], 0, Gleam)
                .rect([x, y + 200, 64, 14], 6, Metal);
        }
    }
}
