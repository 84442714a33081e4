//! Phones and what people wear.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{
    Accent, Body, Edge, Glass, Gleam, Ink, Light, Metal, Paper, Picture, Side,
};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Phone => phone,
        K::PhoneCase => case,
        K::Watch => watch,
        K::DeskPhone => desk_phone,
        K::Mp3Player => mp3,
        _ => return None,
    })
}

fn phone(c: &mut Canvas) {
    c.shadow(130);
    // The back, behind and beside.
    c.rect([196, 70, 124, 248], 24, Side)
        .rect([198, 70, 120, 246], 22, Body);
    match c.pick(3) {
        0 => c
            .rect([254, 84, 52, 84], 18, Side)
            .circle(280, 108, 15, Ink)
            .circle(280, 144, 15, Ink),
        1 => c
            .rect([236, 84, 70, 70], 18, Side)
            .circle(256, 104, 13, Ink)
            .circle(288, 104, 13, Ink)
            .circle(256, 136, 13, Ink),
        _ => c
            .circle(282, 106, 16, Ink)
            .circle(282, 146, 16, Ink)
            .circle(256, 126, 6, Light),
    };
    c.rect([84, 62, 130, 260], 26, Edge)
        .rect([86, 62, 126, 256], 24, Ink)
        .rect([92, 69, 114, 242], 18, Picture);
    let y = 180 + c.pick(6) * 12;
    c.path(
        &format!("M92 {y}q40-44 64-4t50-14v111q0 18-18 18h-78q-18 0-18-18z"),
        Gleam,
    );
    c.circle(149, 82, 5, Ink).rect([126, 300, 46, 4], 2, Paper);
}

fn case(c: &mut Canvas) {
    c.shadow(90);
    c.rect([126, 58, 148, 264], 32, Edge)
        .rect([128, 58, 144, 260], 30, Body)
        .path("M158 58h84q30 0 30 30L128 250V88q0-30 30-30z", Gleam);
    c.rect([146, 78, 60, 88], 20, Edge)
        .circle(176, 102, 14, Ink)
        .circle(176, 140, 14, Ink);
    match c.pick(3) {
        0 => c.circle(200, 236, 36, Side),
        1 => c.line("M128 230l144-60M128 262l144-60", 8, Side),
        _ => c.rect([180, 280, 40, 10], 5, Light),
    };
}

fn watch(c: &mut Canvas) {
    c.shadow(80);
    c.path(
        "M158 116l12-62q2-8 10-8h40q8 0 10 8l12 62zM158 250l12 66q2 8 10 8h40q8 0 10-8l12-66z",
        Side,
    )
    .line("M186 294h28", 4, Edge);
    if c.pick(2) == 0 {
        c.circle(200, 184, 88, Edge)
            .circle(200, 182, 86, Body)
            .circle(200, 182, 72, Ink)
            .circle(200, 182, 64, Glass);
        c.line("M200 182v-40M200 182l26 16", 7, Paper)
            .line("M148 150a62 62 0 0 1 104 0", 7, Accent)
            .rect([284, 170, 14, 26], 5, Metal);
    } else {
        c.rect([128, 100, 144, 166], 40, Edge)
            .rect([128, 98, 144, 162], 40, Body)
            .rect([138, 108, 124, 142], 32, Ink);
        c.rect([158, 136, 84, 18], 6, Paper)
            .rect([158, 166, 50, 10], 5, Accent)
            .line("M160 214l18-14 16 20 18-34 12 22h18", 5, Accent)
            .rect([270, 160, 12, 30], 5, Metal);
    }
}

fn desk_phone(c: &mut Canvas) {
    c.shadow(150);
    c.path(
        "M86 316l26-176q2-14 16-14h180q14 0 16 14l14 176q0 6-8 6H94q-8 0-8-6z",
        Body,
    )
    .rect([84, 302, 254, 20], 8, Side);
    c.rect([188, 146, 118, 56], 6, Glass)
        .rect([200, 160, 70, 8], 4, Accent)
        .rect([200, 178, 44, 8], 4, Paper);
    c.dashes("M200 228h104M198 254h108M196 280h112", 17, [24, 16], Light);
    c.path(
        "M96 120q-4-24 24-24h22q22 0 22 22l-4 150q-2 34-36 34H98q-22 0-20-22z",
        Edge,
    )
    .rect([100, 160, 44, 80], 12, Side);
    if c.pick(2) == 0 {
        c.circle(296, 136, 6, Accent);
    }
}

fn mp3(c: &mut Canvas) {
    c.shadow(90);
    c.line(
        "M150 70q-40-40-70 0t10 90M250 70q40-40 70 0t-10 90",
        6,
        Paper,
    )
    .circle(90, 166, 14, Paper)
    .circle(310, 166, 14, Paper);
    c.rect([136, 66, 128, 256], 24, Edge)
        .rect([136, 64, 128, 252], 24, Body)
        .rect([150, 82, 100, 90], 6, Ink)
        .rect([155, 87, 90, 80], 3, Picture);
    c.path("M190 112l26 15-26 15z", Paper);
    if c.pick(2) == 0 {
        c.circle(200, 244, 46, Light).circle(200, 244, 18, Side);
    } else {
        c.rect([162, 204, 76, 76], 16, Side)
            .path("M190 226l28 16-28 16z", Light);
    }
}
