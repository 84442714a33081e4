//! Computers.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{Accent, Body, Edge, Glass, Gleam, Ink, Light, Picture, Side};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Laptop => laptop,
        K::Desktop | K::Case => tower,
        K::MiniPc => mini,
        K::Tablet => tablet,
        K::Handheld => handheld,
        K::Server => server,
        _ => return None,
    })
}

fn laptop(c: &mut Canvas) {
    c.shadow(190);
    c.rect([78, 96, 244, 168], 12, Edge)
        .rect([86, 104, 228, 150], 5, Picture);
    let hill = 190 + c.pick(4) * 10;
    c.path(&format!("M86 {hill}q70-60 130-10t98-20v84H86z"), Gleam);
    c.path("M314 109l-90 145h90z", Gleam);
    c.path("M48 264h304v26q-2 24-26 26H74q-24-2-26-26z", Body);
    c.path("M48 264h304v14H48z", Light);
    c.path("M160 264h80q-2 11-14 11h-52q-12 0-14-11z", Side);
}

fn tower(c: &mut Canvas) {
    c.shadow(120);
    c.rect([120, 66, 160, 258], 14, Body)
        .rect([232, 66, 48, 258], 14, Side)
        .rect([232, 66, 20, 258], 0, Side);
    match c.pick(3) {
        0 => {
            c.circle(176, 250, 44, Edge)
                .circle(176, 250, 36, Glass)
                .circle(176, 250, 12, Accent);
        }
        1 => {
            c.dashes("M140 190h74v116h-74z", 4, [60, 8], Edge).dashes(
                "M176 200v96",
                64,
                [5, 7],
                Edge,
            );
        }
        _ => {
            c.circle(176, 186, 32, Glass)
                .circle(176, 268, 32, Glass)
                .circle(176, 186, 9, Accent)
                .circle(176, 268, 9, Accent);
        }
    }
    c.rect([138, 88, 76, 10], 5, Edge)
        .rect([138, 108, 76, 10], 5, Edge)
        .circle(206, 136, 7, Accent);
}

fn mini(c: &mut Canvas) {
    c.shadow(130);
    c.path("M92 190l40-26h150l26 26z", Light)
        .rect([92, 188, 216, 124], 16, Body)
        .rect([92, 270, 216, 42], 14, Side);
    c.circle(276, 220, 9, Accent)
        .rect([116, 214, 30, 12], 4, Ink)
        .rect([156, 214, 30, 12], 4, Ink);
    c.dashes("M116 291h168", 14, [4, 6], Edge);
    if c.pick(2) == 0 {
        c.circle(206, 220, 6, Ink);
    }
}

fn tablet(c: &mut Canvas) {
    c.shadow(120);
    c.rect([104, 60, 192, 262], 18, Edge)
        .rect([107, 62, 186, 256], 16, Body)
        .rect([116, 74, 168, 232], 6, Picture);
    let y = 180 + c.pick(5) * 14;
    c.path(
        &format!("M116 {y}q50-50 90-6t78-14v126q0 6-6 6H122q-6 0-6-6z"),
        Gleam,
    );
    c.path("M284 80v140L150 306H122q-6 0-6-6z", Gleam)
        .circle(200, 68, 3, Ink);
}

fn handheld(c: &mut Canvas) {
    c.shadow(96);
    c.rect([134, 66, 132, 256], 22, Body)
        .rect([146, 84, 108, 146], 6, Ink)
        .rect([151, 89, 98, 136], 3, Picture);
    c.path("M151 200l36-50 26 30 20-18 16 24v39h-98z", Gleam);
    c.circle(200, 276, 26, Side).circle(200, 276, 11, Light);
    c.circle(156, 256, 6, Accent)
        .circle(244, 256, 6, Edge)
        .circle(156, 298, 6, Edge)
        .circle(244, 298, 6, Edge);
}

fn server(c: &mut Canvas) {
    c.shadow(170);
    for row in 0..3 {
        let y = 118 + row * 68;
        c.rect([52, y, 296, 62], 8, if row == 1 { Side } else { Body });
        c.dashes(&format!("M76 {}h170", y + 31), 36, [22, 7], Ink);
        c.circle(278, y + 22, 5, Accent)
            .rect([268, y + 38, 60, 8], 4, Edge);
        c.rect([52, y, 12, 62], 4, Edge)
            .rect([336, y, 12, 62], 4, Edge);
    }
}
