//! Page events, sources, devices, the five-point funnel.
