//! Networks and racks.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Router => router,
        K::Switch => switch,
        K::AccessPoint => access_point,
        K::Transceiver => transceiver,
        K::PatchPanel => patch_panel,
        K::Rack => rack,
        K::RackPart => rack_part,
        K::Sensor => sensor,
        K::Tool => tool,
        _ => return None,
    })
}

fn router(c: &mut Canvas) {
    c.shadow(170);
    let antennas = 2 + c.pick(3);
    for n in 0..antennas {
        let x = 84 + n * 232 / (antennas - 1);
        c.rect([x - 8, 84, 16, 130], 8, Edge)
            .rect([x - 8, 84, 7, 120], 4, Side);
    }
    c.path("M56 236l30-40h228l30 40z", Light)
        .rect([50, 232, 300, 78], 22, Body)
        .path("M50 272h300v16q0 22-22 22H72q-22 0-22-22z", Side);
    c.dashes("M92 254h150", 9, [9, 17], Accent)
        .circle(310, 254, 8, Edge);
}

fn switch(c: &mut Canvas) {
    c.shadow(190);
    c.path("M30 196l28-36h284l28 36z", Light)
        .rect([24, 194, 352, 110], 8, Body)
        .rect([24, 280, 352, 24], 6, Side);
    let ports = 8 - c.pick(3);
    let step = 264 / ports;
    c.dashes(
        &format!("M96 228h{}", step * ports - 6),
        26,
        [step - 6, 6],
        Ink,
    )
    .dashes(
        &format!("M96 262h{}", step * ports - 6),
        26,
        [step - 6, 6],
        Ink,
    );
    c.dashes(
        &format!("M98 246h{}", step * ports - 8),
        4,
        [6, step - 6],
        Accent,
    );
    c.circle(52, 230, 6, Accent)
        .circle(52, 250, 6, Edge)
        .rect([42, 266, 40, 8], 4, Edge);
}

fn access_point(c: &mut Canvas) {
    c.shadow(140);
    c.ellipse([200, 214, 140, 100], Edge)
        .ellipse([200, 204, 140, 100], Body)
        .ellipse([200, 192, 100, 66], Light)
        .ellipse([200, 194, 98, 64], Body);
    c.line("M150 192q50-44 100 0M172 210q28-24 56 0", 9, Accent)
        .circle(200, 230, 8, Accent);
    if c.pick(2) == 0 {
        c.line("M200 304v40", 9, Ink);
    }
}

fn transceiver(c: &mut Canvas) {
    c.shadow_at(200, 286, 160);
    c.path("M60 200l40-52h240l-24 52z", Light)
        .rect([60, 198, 256, 70], 6, Metal)
        .path("M316 198l24-50v68l-24 52z", Side);
    c.rect([76, 212, 52, 42], 4, Ink)
        .rect([138, 212, 52, 42], 4, Ink)
        .rect([84, 222, 36, 22], 3, Accent)
        .rect([146, 222, 36, 22], 3, Accent);
    c.line("M66 250H40v-40h20", 9, Body)
        .rect([206, 216, 90, 34], 3, Paper)
        .rect([216, 226, 54, 6], 3, Side);
    if c.pick(2) == 0 {
        c.rect([216, 238, 34, 5], 2, Accent);
    }
}

fn patch_panel(c: &mut Canvas) {
    c.shadow(190);
    c.rect([20, 130, 360, 150], 8, Body)
        .rect([20, 130, 30, 150], 6, Side)
        .rect([350, 130, 30, 150], 6, Side);
    c.circle(35, 156, 8, Ink)
        .circle(35, 254, 8, Ink)
        .circle(365, 156, 8, Ink)
        .circle(365, 254, 8, Ink);
    c.dashes("M64 176h276", 36, [38, 9], Ink)
        .dashes("M64 236h276", 36, [38, 9], Ink)
        .dashes("M72 184h262", 8, [22, 25], Metal)
        .dashes("M72 244h262", 8, [22, 25], Metal);
    c.rect([64, 142, 270, 9], 3, Paper);
    let x = 83 + c.pick(5) * 47;
    c.line(&format!("M{x} 240q0 90 60 90h70"), 12, Accent)
        .rect([x - 14, 222, 28, 28], 4, Accent);
}

fn rack(c: &mut Canvas) {
    c.shadow(110);
    c.rect([112, 44, 176, 278], 8, Edge)
        .rect([118, 50, 164, 264], 5, Body)
        .rect([130, 62, 140, 236], 3, Glass);
    let filled = 4 + c.pick(4);
    for unit in 0..filled {
        let y = 266 - unit * 26;
        c.rect([136, y, 128, 21], 2, Side)
            .circle(252, y + 10, 3, Accent);
    }
    c.rect([266, 170, 8, 30], 4, Metal)
        .rect([120, 314, 24, 12], 3, Ink)
        .rect([256, 314, 24, 12], 3, Ink)
        .path("M130 62h60L130 240z", Gleam);
}

fn rack_part(c: &mut Canvas) {
    c.shadow(180);
    if c.pick(2) == 0 {
        c.path("M40 236l50-90h220l50 90z", Light)
            .dashes("M92 160h216M80 184h240M66 208h268", 7, [26, 12], Edge)
            .rect([30, 232, 340, 66], 6, Body)
            .rect([30, 280, 340, 18], 4, Side);
        c.circle(52, 262, 9, Ink).circle(348, 262, 9, Ink);
    } else {
        c.rect([40, 126, 320, 52], 6, Body)
            .rect([40, 162, 320, 16], 4, Side)
            .dashes("M66 148h268", 12, [12, 18], Ink);
        c.rect([60, 226, 300, 52], 6, Side)
            .dashes("M86 248h254", 12, [12, 18], Ink)
            .rect([340, 216, 20, 72], 4, Metal)
            .rect([340, 116, 20, 72], 4, Metal);
    }
}

fn sensor(c: &mut Canvas) {
    c.shadow(110);
    c.rect([116, 96, 168, 222], 22, Edge)
        .rect([116, 92, 168, 220], 22, Body)
        .rect([138, 116, 124, 72], 8, Glass);
    c.line("M150 166l24-14 20 10 22-26 34 12", 5, Accent)
        .dashes("M146 232h108M146 254h108M146 276h108", 8, [14, 8], Edge);
    c.circle(258, 212, 6, Accent);
    if c.pick(2) == 0 {
        c.line("M200 312v16q0 16 22 16h50", 8, Ink);
    }
}

fn tool(c: &mut Canvas) {
    c.shadow(130);
    if c.pick(2) == 0 {
        c.line("M188 176l-70 132", 34, Edge)
            .line("M212 176l70 132", 34, Edge)
            .line("M186 172l-70 130", 24, Body)
            .line("M214 172l70 130", 24, Body);
        c.path(
            "M150 60q0-12 12-12h22l16 90 16-90h22q12 0 12 12l-18 130h-64z",
            Metal,
        )
        .circle(200, 172, 18, Ink)
        .circle(200, 172, 8, Light);
    } else {
        c.rect([128, 84, 144, 236], 26, Body)
            .rect([128, 250, 144, 70], 26, Side)
            .rect([148, 108, 104, 66], 8, Glass)
            .dashes("M160 142h80", 26, [12, 8], Accent);
        c.circle(200, 226, 34, Edge)
            .circle(200, 226, 26, Light)
            .line("M200 226l12-16", 6, Accent)
            .rect([176, 62, 48, 28], 6, Ink);
    }
}
