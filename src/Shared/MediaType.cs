namespace Prebake.Shared;

/// <summary>The media type that a value or the extension of a path stands for.</summary>
internal static class MediaType
{
    public const string Text = "text/plain;charset=utf-8";
    public const string Json = "application/json;charset=utf-8";

    /// <summary>By the extension of the last segment, or null.</summary>
    public static string? OfPath(string path)
    {
        int dot = path.LastIndexOf('.');
        if (dot < 0 || path.IndexOf('/', dot) >= 0) return null;

        return path.Substring(dot + 1).ToLowerInvariant() switch
        {
            "txt" => Text,
            "html" or "htm" => "text/html;charset=utf-8",
            "css" => "text/css;charset=utf-8",
            "js" or "mjs" => "text/javascript;charset=utf-8",
            "json" or "map" => Json,
            "webmanifest" => "application/manifest+json",
            "xml" => "application/xml;charset=utf-8",
            "rss" => "application/rss+xml;charset=utf-8",
            "atom" => "application/atom+xml;charset=utf-8",
            "md" => "text/markdown;charset=utf-8",
            "csv" => "text/csv;charset=utf-8",
            "yaml" or "yml" => "application/yaml",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "jpg" or "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "avif" => "image/avif",
            "ico" => "image/x-icon",
            "woff" => "font/woff",
            "woff2" => "font/woff2",
            "ttf" => "font/ttf",
            "otf" => "font/otf",
            "pdf" => "application/pdf",
            "wasm" => "application/wasm",
            "zip" => "application/zip",
            "gz" => "application/gzip",
            "mp3" => "audio/mpeg",
            "mp4" => "video/mp4",
            "webm" => "video/webm",
            _ => null,
        };
    }

    /// <summary>Bytes that nobody can tell.</summary>
    public const string Bytes = "application/octet-stream";

    /// <summary>By the extension: formats that are compressed already.</summary>
    public static bool IsCompressed(string path)
    {
        int dot = path.LastIndexOf('.');
        return dot >= 0 && path.Substring(dot + 1).ToLowerInvariant() is
            "png" or "jpg" or "jpeg" or "gif" or "webp" or "avif" or "woff" or "woff2" or "zip" or "gz" or "br" or "zst" or "7z" or "xz" or "bz2" or "rar"
            or "mp3" or "mp4" or "m4a" or "webm" or "ogg" or "opus" or "flac" or "mov" or "jar" or "docx" or "xlsx" or "pptx" or "epub" or "nupkg";
    }
}
