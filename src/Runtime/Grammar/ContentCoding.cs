namespace Prebake.Grammar;

/// <summary>The content codings that bodies are kept in, RFC 9110 section 8.4.1. The numbers are in emitted tables.</summary>
internal enum ContentCoding : byte
{
    Identity,
    Gzip,
    Brotli,
    Zstandard,
}
