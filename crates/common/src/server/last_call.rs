//! Before a listener closes: no new connection begins, and those that have begun come through.
//!
//! A listener that closes resets every connection that the system has taken and nobody has accepted, after its client may
//! have sent a request. So new ones are turned away first, at their first packet: a client that hears nothing asks again,
//! and is refused then, with nothing sent.

use tokio::net::TcpListener;

/// Lets no new connection begin. Where the system cannot do that, one that begins at this very moment may be reset.
#[cfg(target_os = "linux")]
pub(super) fn turn_newcomers_away(listener: &TcpListener) {
    if let Err(error) = socket2::SockRef::from(listener).attach_filter(&NO_SYN) {
        tracing::debug!(error = %error, "new connections cannot be turned away");
    }
}

/// As on Linux, where it can be done.
#[cfg(not(target_os = "linux"))]
pub(super) fn turn_newcomers_away(_: &TcpListener) {}

/// A program of the kernel's packet filter: drops what begins a connection (SYN without ACK), lets all else pass.
#[cfg(target_os = "linux")]
const NO_SYN: [socket2::SockFilter; 5] = {
    use socket2::SockFilter;
    /// The byte of flags in TCP's header.
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    [
        SockFilter::new(0x30, 0, 0, FLAGS),     // load the byte
        SockFilter::new(0x54, 0, 0, SYN | ACK), // keep these bits
        SockFilter::new(0x15, 0, 1, SYN),       // if it is SYN alone
        SockFilter::new(0x06, 0, 0, 0),         // drop the packet
        SockFilter::new(0x06, 0, 0, u32::MAX),  // pass the whole of it
    ]
};
