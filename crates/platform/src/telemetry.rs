//! Logs, metrics and their text.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts collecting metrics; later calls do nothing.
pub fn collect_metrics() {
    METRICS.get_or_init(|| {
        let buckets = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
        ];
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &buckets);
        let recorder = builder
            .map(PrometheusBuilder::build_recorder)
            .unwrap_or_else(|_| PrometheusBuilder::new().build_recorder());
        let handle = recorder.handle();
        if let Err(error) = metrics::set_global_recorder(recorder) {
            tracing::warn!(%error, "metrics are collected elsewhere");
        }
        metrics::describe_counter!(
            "http_requests_total",
            "Requests by route, method and class of status"
        );
        metrics::describe_histogram!(
            "http_request_seconds",
            metrics::Unit::Seconds,
            "Time to answer by route and method"
        );
        handle
    });
}

/// The metrics in Prometheus's text format; empty before [`collect_metrics`].
#[must_use]
pub fn metrics_text() -> String {
    METRICS.get().map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}
