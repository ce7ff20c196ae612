//! Messages to people, their templates, at most once each.
