// Script of the storefront. Every page works without it.

export {};
