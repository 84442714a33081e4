//! Which attributes cards show, in which order. They are the ones that listings offer as filters, too.

/// Codes in the order of their weight: of those that a product has, a card shows the first few.
pub const CODES: &[&str] = &[
    "display_diagonal",
    "display_resolution",
    "refresh_rate",
    "panel",
    "processor_family",
    "processor_model",
    "processor_cores",
    "memory",
    "internal_memory",
    "memory_type",
    "internal_memory_type",
    "memory_clock_speed",
    "storage",
    "total_storage_capacity",
    "internal_storage_capacity",
    "discrete_graphics_adapter_model",
    "ssd_capacity",
    "hdd_capacity",
    "native_capacity",
    "capacity",
    "read_speed",
    "hdd_speed",
    "socket",
    "processor_socket",
    "processor_frequency",
    "print_technology",
    "printing_colours",
    "print_speed",
    "page_yield",
    "black_toner_page_yield",
    "colour_toner_page_yield",
    "maximum_resolution",
    "resolution",
    "resolution_mp",
    "sensor",
    "focal_length",
    "aperture",
    "video",
    "connectivity_technology",
    "connection",
    "battery_life",
    "noise_cancelling",
    "ear_coupling",
    "wi_fi",
    "wi_fi_standards",
    "basic_switching_rj_45_ethernet_ports_quantity",
    "connectors",
    "connector_1",
    "connector_2",
    "connector",
    "length",
    "cable_length",
    "category",
    "data_rate",
    "usb_version",
    "output_power_capacity",
    "output_power",
    "power",
    "charging",
    "battery_capacity",
    "outlets",
    "ac_outlets_quantity",
    "form_factor",
    "interface",
    "device_interface",
    "keyboard_layout",
    "maximum_screen_size",
    "maximum_screen_size_compatibility",
    "maximum_load",
    "maximum_weight_capacity",
    "rack_units",
    "rack_capacity",
    "ports",
    "material",
    "quantity_per_pack",
    "kind",
    "product_colour",
    "compatibility",
];

/// The place of a code among the values that a card shows; `None` if it is not shown there.
pub fn place(code: &str) -> Option<i32> {
    let at = CODES.iter().position(|known| *known == code)?;
    i32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attribute::AttributeDefinition;

    #[test]
    fn codes_are_codes_and_stand_once() {
        for (at, code) in CODES.iter().enumerate() {
            assert!(AttributeDefinition::is_code(code), "{code}");
            assert_eq!(
                place(code),
                i32::try_from(at + 1).ok(),
                "{code} stands twice"
            );
        }
        assert_eq!(place("weight"), None);
    }
}
