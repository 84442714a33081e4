//! The kinds of product art.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! art_kinds {
    ($($kind:ident = $name:literal),* $(,)?) => {
        /// A silhouette; its name is part of art addresses and of the category tree.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum ArtKind {
            $(#[doc = concat!("`", $name, "`")] $kind,)*
        }

        impl ArtKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }

        impl FromStr for ArtKind {
            type Err = UnknownArtKind;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($name => Ok(Self::$kind),)*
                    _ => Err(UnknownArtKind),
                }
            }
        }
    };
}

art_kinds! {
    AccessPoint = "access-point",
    Adapter = "adapter",
    Antenna = "antenna",
    AudioCable = "audio-cable",
    Bag = "bag",
    Battery = "battery",
    Bear = "bear",
    Bicycle = "bicycle",
    Binoculars = "binoculars",
    Blender = "blender",
    Bottle = "bottle",
    Bulb = "bulb",
    Cable = "cable",
    CableTie = "cable-tie",
    Calculator = "calculator",
    Camcorder = "camcorder",
    Camera = "camera",
    Card = "card",
    CardReader = "card-reader",
    Case = "case",
    Chair = "chair",
    Charger = "charger",
    CoffeeMachine = "coffee-machine",
    Console = "console",
    Cooler = "cooler",
    Cpu = "cpu",
    DeskBox = "desk-box",
    DeskPhone = "desk-phone",
    Desktop = "desktop",
    DeviceBattery = "device-battery",
    Disc = "disc",
    Dock = "dock",
    Drive = "drive",
    Drone = "drone",
    Drum = "drum",
    ExternalDrive = "external-drive",
    Fan = "fan",
    FibreCable = "fibre-cable",
    Flash = "flash",
    Gamepad = "gamepad",
    Generic = "generic",
    Gpu = "gpu",
    Handheld = "handheld",
    Headphones = "headphones",
    Headset = "headset",
    HiFi = "hi-fi",
    Hub = "hub",
    Ink = "ink",
    Iron = "iron",
    Keyboard = "keyboard",
    LabelPrinter = "label-printer",
    LabelTape = "label-tape",
    Labels = "labels",
    Lamp = "lamp",
    Laptop = "laptop",
    LaptopStand = "laptop-stand",
    Lens = "lens",
    LensFilter = "lens-filter",
    Lock = "lock",
    MediaBox = "media-box",
    Memory = "memory",
    MemoryCard = "memory-card",
    Microphone = "microphone",
    MiniPc = "mini-pc",
    Monitor = "monitor",
    Motherboard = "motherboard",
    Mount = "mount",
    Mouse = "mouse",
    MousePad = "mouse-pad",
    Mp3Player = "mp3-player",
    Multifunction = "multifunction",
    Nas = "nas",
    NetworkCable = "network-cable",
    OpticalDrive = "optical-drive",
    Paper = "paper",
    PaperTray = "paper-tray",
    Parts = "parts",
    PatchPanel = "patch-panel",
    Pencil = "pencil",
    Phone = "phone",
    PhoneCase = "phone-case",
    PhotoFrame = "photo-frame",
    Player = "player",
    Plotter = "plotter",
    PowerBank = "power-bank",
    PowerCable = "power-cable",
    PowerStrip = "power-strip",
    Printer = "printer",
    ProjectionScreen = "projection-screen",
    Projector = "projector",
    Psu = "psu",
    Puzzle = "puzzle",
    Rack = "rack",
    RackPart = "rack-part",
    Radio = "radio",
    Remote = "remote",
    Ribbon = "ribbon",
    RibbonCable = "ribbon-cable",
    Router = "router",
    Scanner = "scanner",
    ScreenFilter = "screen-filter",
    SecurityCamera = "security-camera",
    Sensor = "sensor",
    SerialCable = "serial-cable",
    Server = "server",
    Shaver = "shaver",
    Shield = "shield",
    Shredder = "shredder",
    SmartHome = "smart-home",
    Software = "software",
    Soundbar = "soundbar",
    Speaker = "speaker",
    Splitter = "splitter",
    Spray = "spray",
    Ssd = "ssd",
    Stylus = "stylus",
    Switch = "switch",
    Tablet = "tablet",
    Tape = "tape",
    Toner = "toner",
    Tool = "tool",
    Toy = "toy",
    Transceiver = "transceiver",
    Tripod = "tripod",
    Tv = "tv",
    Ups = "ups",
    UpsBattery = "ups-battery",
    UsbCable = "usb-cable",
    UsbStick = "usb-stick",
    Vacuum = "vacuum",
    VideoCable = "video-cable",
    WashingMachine = "washing-machine",
    Watch = "watch",
    Webcam = "webcam",
}

impl fmt::Display for ArtKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text names no kind of product art.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of product art")]
pub struct UnknownArtKind;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for kind in ArtKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!("nothing".parse::<ArtKind>(), Err(UnknownArtKind));
    }
}
