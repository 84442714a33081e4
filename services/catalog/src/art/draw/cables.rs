//! Cables and adapters: a coil or a curve, and the plug that tells them apart.

use super::super::ArtKind as K;
use super::super::canvas::Canvas;
use super::super::canvas::Paint::{Accent, Body, Edge, Ink, Light, Metal, Paper, Side};

pub(super) fn of(kind: K) -> Option<fn(&mut Canvas)> {
    Some(match kind {
        K::Cable => plain,
        K::NetworkCable => network,
        K::FibreCable => fibre,
        K::UsbCable => usb,
        K::VideoCable => video,
        K::AudioCable => audio,
        K::PowerCable => power,
        K::RibbonCable => ribbon,
        K::SerialCable => serial,
        K::Adapter => adapter,
        K::CableTie => ties,
        _ => return None,
    })
}

/// A coil of cable whose two ends leave it at (110, 300) and (290, 300), pointing down.
fn coil(c: &mut Canvas, width: i32) {
    c.shadow(140);
    let lean = c.pick(3) * 6;
    let d = format!(
        "M110 300V200q0-120 92-120t90 86q0 80-88 80t-84-72q4-64 80-62t72 {}q0 52-62 50",
        56 + lean
    );
    c.line(&d, width + 3, Edge).line(&d, width, Body);
    c.line("M290 300v-20q0-66-56-66", width + 3, Edge)
        .line("M290 300v-20q0-66-56-66", width, Body)
        .rect([214, 204, 30, 22], 6, Ink);
}

fn plain(c: &mut Canvas) {
    coil(c, 13);
    for x in [110, 290] {
        c.rect([x - 18, 268, 36, 44], 10, Side)
            .circle(x, 318, 20, Metal)
            .circle(x, 318, 13, Ink)
            .circle(x, 318, 5, Accent);
    }
}

fn network(c: &mut Canvas) {
    coil(c, 13);
    for x in [110, 290] {
        c.rect([x - 13, 256, 26, 38], 6, Side)
            .rect([x - 21, 286, 42, 48], 4, Metal)
            .dashes(&format!("M{} 324h36", x - 17), 14, [3, 2], Accent)
            .rect([x - 7, 278, 14, 34], 2, Paper);
    }
}

fn fibre(c: &mut Canvas) {
    coil(c, 7);
    for x in [110, 290] {
        c.rect([x - 16, 268, 12, 48], 4, Accent)
            .rect([x + 4, 268, 12, 48], 4, Accent)
            .rect([x - 20, 256, 40, 18], 5, Side)
            .rect([x - 13, 316, 6, 18], 2, Paper)
            .rect([x + 7, 316, 6, 18], 2, Paper);
    }
}

fn usb(c: &mut Canvas) {
    coil(c, 12);
    c.rect([88, 258, 44, 52], 8, Side)
        .rect([94, 308, 32, 30], 2, Metal)
        .rect([100, 316, 7, 8], 1, Ink)
        .rect([113, 316, 7, 8], 1, Ink);
    if c.pick(2) == 0 {
        c.rect([272, 262, 36, 50], 9, Side)
            .rect([276, 310, 28, 22], 10, Metal)
            .rect([281, 318, 18, 6], 3, Ink);
    } else {
        c.rect([268, 258, 44, 46], 8, Side)
            .path("M272 304h36v16l-8 10h-20l-8-10z", Metal)
            .rect([282, 312, 16, 7], 1, Ink);
    }
}

fn video(c: &mut Canvas) {
    coil(c, 14);
    for x in [110, 290] {
        c.path(&format!("M{} 252h32l8 50h-48z", x - 16), Side)
            .path(&format!("M{} 300h56v22l-9 12h-38l-9-12z", x - 28), Metal);
        c.rect([x - 20, 310, 40, 8], 2, Ink);
    }
    if c.pick(2) == 0 {
        c.circle(110, 280, 6, Accent).circle(290, 280, 6, Accent);
    }
}

fn audio(c: &mut Canvas) {
    coil(c, 9);
    for x in [110, 290] {
        c.rect([x - 11, 250, 22, 48], 8, Side)
            .rect([x - 5, 296, 10, 38], 3, Metal)
            .rect([x - 5, 308, 10, 3], 0, Ink)
            .rect([x - 5, 318, 10, 3], 0, Ink)
            .path(&format!("M{} 332h10l-5 8z", x - 5), Metal);
    }
    if c.pick(2) == 0 {
        c.rect([99, 262, 22, 6], 0, Accent)
            .rect([279, 262, 22, 6], 0, Accent);
    }
}

fn power(c: &mut Canvas) {
    coil(c, 15);
    c.path("M84 256h52l8 46H76z", Side)
        .rect([74, 298, 72, 34], 8, Edge)
        .rect([88, 306, 8, 16], 2, Ink)
        .rect([106, 310, 8, 16], 2, Ink)
        .rect([124, 306, 8, 16], 2, Ink);
    c.rect([262, 256, 56, 56], 22, Side)
        .rect([274, 310, 8, 26], 3, Metal)
        .rect([298, 310, 8, 26], 3, Metal);
    if c.pick(2) == 0 {
        c.rect([285, 310, 9, 22], 3, Metal);
    }
}

fn ribbon(c: &mut Canvas) {
    c.shadow(130);
    let d = "M120 96q0 90 80 104t80 104";
    c.line(d, 60, Edge).line(d, 54, Body).line(d, 3, Side).line(
        "M104 96q0 100 84 116t76 92M136 96q0 78 78 94t82 114",
        3,
        Side,
    );
    c.rect([76, 70, 88, 36], 6, Ink)
        .rect([236, 290, 88, 36], 6, Ink)
        .dashes("M86 78h70M246 318h70", 8, [4, 4], Metal);
    if c.pick(2) == 0 {
        c.line("M148 98q0 70 72 86t84 106", 5, Accent);
    }
}

fn serial(c: &mut Canvas) {
    coil(c, 14);
    for x in [110, 290] {
        c.path(&format!("M{} 250h36l14 44h-64z", x - 18), Side)
            .path(&format!("M{} 292h72l-8 30h-56z", x - 36), Metal);
        c.dashes(
            &format!("M{} 304h52M{} 314h42", x - 25, x - 20),
            4,
            [4, 6],
            Ink,
        )
        .rect([x - 46, 282, 10, 26], 4, Metal)
        .rect([x + 36, 282, 10, 26], 4, Metal);
    }
}

fn adapter(c: &mut Canvas) {
    c.shadow(150);
    if c.pick(2) == 0 {
        c.rect([130, 140, 140, 132], 20, Body)
            .rect([130, 214, 140, 58], 20, Side)
            .rect([66, 166, 66, 80], 6, Metal)
            .rect([82, 184, 34, 44], 3, Ink);
        c.rect([268, 158, 60, 96], 8, Metal)
            .dashes("M282 206h36", 66, [6, 6], Ink)
            .rect([162, 164, 76, 10], 5, Light)
            .circle(200, 194, 6, Accent);
    } else {
        c.line("M128 196q60-70 120 20t60 60", 15, Edge).line(
            "M128 196q60-70 120 20t60 60",
            11,
            Body,
        );
        c.rect([64, 160, 84, 72], 12, Side)
            .rect([36, 174, 34, 44], 3, Metal)
            .rect([262, 264, 88, 54], 10, Side)
            .rect([280, 276, 52, 26], 4, Ink)
            .circle(132, 176, 5, Accent);
    }
}

fn ties(c: &mut Canvas) {
    c.shadow(130);
    c.line("M152 306V160q0-70 56-70t56 64q0 52-56 52h-56", 17, Edge)
        .line("M152 306V160q0-70 56-70t56 64q0 52-56 52h-56", 12, Body);
    c.rect([132, 188, 42, 36], 7, Side)
        .rect([142, 198, 22, 16], 3, Ink)
        .dashes("M152 232v70", 8, [3, 4], Edge);
    c.line("M290 96v216M316 96v216", 11, Light)
        .rect([278, 82, 24, 24], 5, Accent)
        .rect([304, 82, 24, 24], 5, Accent);
    if c.pick(2) == 0 {
        c.line("M94 110v200", 11, Light)
            .rect([82, 96, 24, 24], 5, Accent);
    }
}
