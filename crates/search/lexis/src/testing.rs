//! A small shop for tests.

use crate::{Lexicon, Subject};

/// Title, brand, category, codes.
pub(crate) type Product = (&'static str, &'static str, &'static str, &'static str);

pub(crate) const PRODUCTS: [Product; 31] = [
    (
        "Acer Aspire 5 laptop 39.6 cm (15.6\") 16 GB 512 GB SSD",
        "Acer",
        "Laptops",
        "AC-1",
    ),
    (
        "Acer Swift 3 laptop 35.6 cm (14\") 8 GB 256 GB SSD",
        "Acer",
        "Laptops",
        "AC-2",
    ),
    (
        "Lenovo ThinkPad X1 laptop 16 GB",
        "Lenovo",
        "Laptops",
        "LEN-1",
    ),
    (
        "Targus laptop bag black",
        "Targus",
        "Laptop bags and backpacks",
        "TG-1",
    ),
    (
        "Targus laptop bag blue 15.6\"",
        "Targus",
        "Laptop bags and backpacks",
        "TG-2",
    ),
    (
        "Targus CitySmart backpack for laptops",
        "Targus",
        "Laptop bags and backpacks",
        "TG-3",
    ),
    (
        "Apple iPhone 11 64 GB black",
        "Apple",
        "Smartphones",
        "AP-11",
    ),
    ("Apple iPhone 8 64 GB", "Apple", "Smartphones", "AP-8"),
    ("Apple iPhone 7 32 GB", "Apple", "Smartphones", "AP-7"),
    (
        "Spigen case for iPhone 11",
        "Spigen",
        "Phone and tablet cases",
        "SP-1",
    ),
    (
        "Spigen Armor case for Galaxy S20",
        "Spigen",
        "Phone and tablet cases",
        "SP-2",
    ),
    (
        "Canon EOS 250D digital camera",
        "Canon",
        "Digital cameras",
        "CA-250",
    ),
    (
        "Canon PowerShot digital camera 20 MP",
        "Canon",
        "Digital cameras",
        "CA-SX",
    ),
    (
        "Case Logic camera bag",
        "Case Logic",
        "Camera bags and cases",
        "CL-1",
    ),
    (
        "Brother TN-2110 toner cartridge original black",
        "Brother",
        "Toner cartridges",
        "4977766654241",
    ),
    (
        "Brother TN-2320 toner cartridge original black",
        "Brother",
        "Toner cartridges",
        "4977766737654",
    ),
    (
        "Xerox 006R90321 toner cartridge",
        "Xerox",
        "Toner cartridges",
        "0095205903218",
    ),
    (
        "Sony WH-1000XM4 wireless headphones",
        "Sony",
        "Headphones",
        "SO-1",
    ),
    (
        "Sony WH-CH520 wireless headphones with microphone",
        "Sony",
        "Headphones",
        "SO-2",
    ),
    ("Apple earbuds with cable", "Apple", "Headphones", "AP-EB"),
    (
        "Samsung QE55 QLED TV 139.7 cm (55\")",
        "Samsung",
        "Televisions",
        "SA-55",
    ),
    (
        "Samsung UE43 TV 109.2 cm (43\")",
        "Samsung",
        "Televisions",
        "SA-43",
    ),
    (
        "Logitech M185 wireless mouse",
        "Logitech",
        "Mice and trackballs",
        "LO-185",
    ),
    (
        "Logitech Pebble wireless mouse Bluetooth",
        "Logitech",
        "Mice and trackballs",
        "LO-350",
    ),
    (
        "Logitech mouse pad grey",
        "Logitech",
        "Mouse pads and wrist rests",
        "LO-MP",
    ),
    (
        "TP-Link Archer AX10 wi-fi router",
        "TP-Link",
        "Routers and modems",
        "TP-AX10",
    ),
    (
        "TP-Link TL-SG108 8-port network switch",
        "TP-Link",
        "Network switches",
        "TP-SG108",
    ),
    (
        "Anker power bank 10000 mAh USB-C",
        "Anker",
        "Power banks",
        "AN-PB",
    ),
    (
        "Anker USB-C hub 4 ports",
        "Anker",
        "USB hubs and extenders",
        "AN-HUB",
    ),
    ("Hama printer cable 2 m", "Hama", "USB cables", "HA-PC"),
    ("Epson EcoTank printer", "Epson", "Printers", "EP-ET"),
];

/// The slug of a name.
pub(crate) fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Tells what a product teaches.
pub(crate) fn teach(product: &Product, lesson: impl FnOnce(&Subject<'_>)) {
    let (title, brand, category, code) = *product;
    lesson(&Subject {
        title,
        brand: Some((&slug(brand), brand)),
        category: (&slug(category), category),
        parents: &[("all", "Electronics")],
        codes: &[code],
        details: &["A fine product for home and office, with bluetooth."],
    });
}

/// A lexicon that has learnt all of them, each three times: once is no evidence.
pub(crate) fn shop() -> Lexicon {
    let mut lexicon = Lexicon::default();
    for product in PRODUCTS.iter().cycle().take(3 * PRODUCTS.len()) {
        teach(product, |subject| lexicon.learn(subject));
    }
    lexicon
}
