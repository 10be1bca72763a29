namespace Prebake;

/// <summary>A file of a submitted form, in memory; for large ones use <see cref="Request.PartsAsync"/>.</summary>
/// <param name="Name">The name of the form's field.</param>
/// <param name="FileName">The name of the file as the client gave it. Never a path to write to: it may say <c>../../etc/passwd</c>.</param>
/// <param name="ContentType">The media type as the client gave it, or null.</param>
/// <param name="Content">Its bytes.</param>
public sealed record FormFile(string Name, string FileName, string? ContentType, ReadOnlyMemory<byte> Content);
