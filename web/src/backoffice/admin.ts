// Script of the back office. Every page works without it.

import htmx from "htmx.org";

// The content security policy allows neither eval nor style blocks without a nonce.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
