using System.ComponentModel.DataAnnotations;

namespace Samples.Conduit.Model;

/// <summary>Which part of a list: <c>?limit=20&amp;offset=40</c>.</summary>
internal readonly record struct Paging([Range(1, 100)] int Limit = 20, [Range(0, int.MaxValue)] int Offset = 0);
